#include <stdbool.h>
#include <stddef.h>

int block(void)
{
    int *p = NULL;
    {
        int x = 1;
        p = &x;
    }
    return *p;
}

int branch(bool c)
{
    int *p = NULL;
    if (c) {
        int x = 1;
        p = &x;
    } else {
        int y = 2;
        p = &y;
    }
    return *p;
}
