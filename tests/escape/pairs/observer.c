#include <stddef.h>

struct observer {
    struct observer *next;
    int seen;
};

struct observer *observers;

void registerIt(struct observer *o)
{
    o->next = observers;
    observers = o;
}

void notify(int n)
{
    for (struct observer *o = observers; o != NULL; o = o->next) {
        o->seen += n;
    }
}

struct observer *first(void)
{
    return observers;
}

int watch(void)
{
    struct observer o = {0};
    registerIt(&o);
    notify(3);
    return o.seen;
}

int unwatched(void)
{
    struct observer o = {0};
    struct observer *p = &o;
    p->seen = 2;
    return o.seen;
}
