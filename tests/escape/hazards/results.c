// What a caller gets, by whatever way, outlives the function.
#include <stdlib.h>

struct large {
    int *p;
    long n[8];
};

struct pair {
    int *a;
    int *b;
};

struct nested {
    long n[4];
    struct pair pair;
};

struct large by_hidden_pointer(void)
{
    int x = 1; //! moved to heap: x
    struct large l = {.p = &x};
    return l;
}

struct pair by_registers(void)
{
    int x = 1; //! moved to heap: x
    int y = 2; //! moved to heap: y
    return (struct pair){&x, &y};
}

struct nested nested(void)
{
    int x = 1; //! moved to heap: x
    struct nested n = {.pair = {.b = &x}};
    return n;
}

void by_parameter(struct pair *out) //! out does not escape
{
    int x = 1; //! moved to heap: x
    out->b = &x;
}

void structure_to_parameter(struct pair *out) //! out does not escape
{
    int x = 1; //! moved to heap: x
    struct pair p = {&x, NULL};
    *out = p;
}

struct large *address_of_copy(struct large l)
{
    struct large *p = &l;
    return p;
}

void (*returned_function(void))(void)
{
    return NULL;
}

int *either(int c)
{
    int x = 1; //! moved to heap: x
    int y = 2; //! moved to heap: y
    return c ? &x : &y;
}

int *comma(int c)
{
    int x = c; //! moved to heap: x
    int *p = (c++, &x);
    return p;
}

int *middle(void)
{
    int a[4] = {1, 2, 3, 4}; //! moved to heap: a
    int *p = a;
    p += 2;
    return p;
}

struct pair only_value(int c)
{
    int x = c; //! none
    int *p = &x;
    return (struct pair){NULL, *p ? NULL : (int *)8};
}
