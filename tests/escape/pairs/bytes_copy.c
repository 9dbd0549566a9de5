#include <stdlib.h>
#include <string.h>

struct bytes {
    char *data;
    long len;
};

struct pointers {
    int **data;
    long len;
};

int copyBytes(struct bytes to, struct bytes from)
{
    memcpy(to.data, from.data, from.len);
    return (int)from.len;
}

int copyPointers(struct pointers to, struct pointers from)
{
    for (int i = 0; i < from.len; i++) {
        to.data[i] = from.data[i];
    }
    return (int)from.len;
}

void fill(struct bytes to, char b)
{
    for (int i = 0; i < to.len; i++) {
        to.data[i] = b;
    }
}

struct bytes duplicate(struct bytes from, int n)
{
    struct bytes to = {malloc(n), n}; // @to
    memcpy(to.data, from.data, from.len);
    return to;
}

int use(void)
{
    char a[8] = {0};
    char b[8] = {0};
    fill((struct bytes){a, 8}, 3);
    return copyBytes((struct bytes){b, 8}, (struct bytes){a, 8});
}

int usePointers(void)
{
    int x = 1;
    int *a[2] = {0};
    int *b[2] = {0};
    a[0] = &x;
    return copyPointers((struct pointers){b, 2}, (struct pointers){a, 2});
}
