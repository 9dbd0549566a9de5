#include <stdbool.h>
#include <stdlib.h>

struct slice {
    int **data;
    long len;
};

struct slice appendTo(struct slice s, int *p)
{
    struct slice t = {malloc((s.len + 1) * sizeof(int *)), s.len + 1}; // @t
    for (int i = 0; i < s.len; i++) {
        t.data[i] = s.data[i];
    }
    t.data[s.len] = p;
    return t;
}

struct slice concat(struct slice a, struct slice b, bool c)
{
    if (c) {
        return a;
    }
    return b;
}

int use(void)
{
    int x = 1;
    struct slice none = {0};
    struct slice s = appendTo(none, &x);
    return *s.data[0];
}

int useConcat(void)
{
    int x = 1;
    int *room[1] = {&x};
    struct slice s = concat((struct slice){room, 1}, (struct slice){0}, true);
    return *s.data[0];
}
