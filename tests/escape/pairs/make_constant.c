#include <stdlib.h>

struct slice {
    int *data;
    long len;
};

struct slice kept;

int local(void)
{
    struct slice s = {calloc(8, sizeof(int)), 8}; // @local
    s.data[3] = 4;
    return s.data[3];
}

void leak(void)
{
    struct slice s = {calloc(8, sizeof(int)), 8}; // @leak
    s.data[3] = 4;
    kept = s;
}

struct slice back(void)
{
    return (struct slice){calloc(8, sizeof(int)), 8}; // @back
}
