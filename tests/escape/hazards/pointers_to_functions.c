// A function called by pointer is known only where all targets are.
#include <stdlib.h>

typedef void action(int *p);

int *sink;
action *hook;
static action *table_of_all[2];

static void keep(int *p) //! leaking param: p
{
    sink = p;
}

static void clear(int *p) //! p does not escape
{
    *p = 0;
}

static action *const reads[2] = {clear, clear};
static action *const either[2] = {clear, keep};

void by_global(void)
{
    int x = 1; //! moved to heap: x
    hook(&x);
}

void by_parameter(action *f)
{
    int x = 1; //! moved to heap: x
    f(&x);
}

void by_constant_table(int i)
{
    int x = 1; //! moved to heap: x
    either[i](&x);
}

void by_writable_table(int i)
{
    int x = 1; //! moved to heap: x
    table_of_all[i](&x);
}

void install(int i, action *f)
{
    table_of_all[i] = f;
}

void by_cast(void)
{
    int x = 1; //! moved to heap: x
    ((void (*)(void *, int))keep)(&x, 3);
}

void by_integer(unsigned long address)
{
    int x = 1; //! moved to heap: x
    ((action *)address)(&x);
}

int direct(void)
{
    int x = 1; //! none
    clear(&x);
    return x;
}

// Both in one: the program may call what it finds here with anything.
action *choose(int i)
{
    return i ? keep : reads[i];
}
