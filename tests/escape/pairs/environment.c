#include <stddef.h>

struct scope {
    struct scope *parent;
    int name;
    int *value;
};

int *lookup(struct scope *s, int name)
{
    while (s != NULL) {
        if (s->name == name) {
            return s->value;
        }
        s = s->parent;
    }
    return NULL;
}

struct scope enter(struct scope *parent, int name, int *value)
{
    return (struct scope){parent, name, value};
}

int evaluate(struct scope *s, int n)
{
    if (n == 0) {
        return *lookup(s, 0);
    }
    int x = n;
    struct scope inner = enter(s, n, &x);
    return evaluate(&inner, n - 1);
}

int begin(void)
{
    int x = 5;
    struct scope root = {NULL, 0, &x};
    return evaluate(&root, 3);
}
