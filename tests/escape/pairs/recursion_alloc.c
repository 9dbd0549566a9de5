#include <stdlib.h>

struct frame {
    struct frame *up;
    int n;
};

int climb(struct frame *up, int n)
{
    if (n == 0) {
        int t = 0;
        for (struct frame *f = up; f != NULL; f = f->up) {
            t += f->n;
        }
        return t;
    }
    struct frame f = {up, n};
    return climb(&f, n - 1);
}

struct frame *grow(struct frame *up, int n)
{
    if (n == 0) {
        return up;
    }
    struct frame f = {up, n};
    return grow(&f, n - 1);
}

struct frame *make3(int n)
{
    struct frame *f = malloc(sizeof(struct frame)); // @make3
    f->n = n;
    if (n > 0) {
        struct frame *g = make3(n - 1);
        f->n += g->n;
    }
    return f;
}

int scratch(int n)
{
    struct frame *f = malloc(sizeof(struct frame)); // @scratch
    f->n = n;
    if (n > 0) {
        return scratch(n - 1) + f->n;
    }
    return f->n;
}
