#include <stddef.h>

struct result {
    int *value;
    int *err;
    int code;
};

struct result success(int *p)
{
    return (struct result){.value = p};
}

struct result failure(void)
{
    int e = 5;
    return (struct result){.err = &e};
}

int check(struct result r)
{
    if (r.err != NULL) {
        return *r.err;
    }
    return *r.value;
}

int use(void)
{
    int x = 1;
    return check(success(&x)) + check(failure());
}

int *unwrap(struct result r)
{
    return r.value;
}

int *useUnwrap(void)
{
    int x = 1;
    return unwrap(success(&x));
}
