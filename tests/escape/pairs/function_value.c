#include <stdbool.h>

int *sink;
void (*hook)(int *p);

void clear(int *p);

void keep(int *p)
{
    sink = p;
}

void read(int *p)
{
    *p = 1;
}

int known(void)
{
    int x = 1;
    void (*f)(int *) = read;
    f(&x);
    return x;
}

int knownLeak(void)
{
    int x = 1;
    void (*f)(int *) = keep;
    f(&x);
    return x;
}

int unknown(void)
{
    int x = 1;
    hook(&x);
    return x;
}

int twoTargets(bool c)
{
    int x = 1;
    void (*f)(int *) = read;
    if (c) {
        f = keep;
    }
    f(&x);
    return x;
}

int twoReads(bool c)
{
    int x = 1;
    void (*f)(int *) = read;
    if (c) {
        f = clear;
    }
    f(&x);
    return x;
}

void clear(int *p)
{
    *p = 0;
}
