#include <stdbool.h>
#include <stdlib.h>

struct interface {
    const void *type;
    void *value;
};

static const char pointer_type[] = "*int";
struct interface kept;

void store(int *p)
{
    kept = (struct interface){pointer_type, p};
}

bool local(int *p)
{
    struct interface i = {pointer_type, p};
    return i.type != NULL;
}

struct interface back(int *p)
{
    return (struct interface){pointer_type, p};
}

int *unbox(struct interface i)
{
    if (i.type != pointer_type) {
        abort();
    }
    return i.value;
}

int use(void)
{
    int x = 1;
    return *unbox(back(&x));
}

void leak(void)
{
    int x = 1;
    kept = (struct interface){pointer_type, &x};
}
