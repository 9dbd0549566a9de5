// Atomic operations store and load pointers as others do.
#include <stdatomic.h>
#include <stddef.h>

int *sink;
_Atomic(int *) shared;
_Atomic(unsigned long) number;

void store(void)
{
    int x = 1; //! moved to heap: x
    atomic_store(&shared, &x);
}

void exchange(void)
{
    int x = 1; //! moved to heap: x
    atomic_exchange(&shared, &x);
}

void compare_exchange(void)
{
    int x = 1; //! moved to heap: x
    int *expected = NULL;
    atomic_compare_exchange_strong(&shared, &expected, &x);
}

void integer(void)
{
    int x = 1; //! moved to heap: x
    atomic_fetch_add(&number, (unsigned long)&x);
}

void old_value(void)
{
    int x = 1; //! moved to heap: x
    int *local = &x;
    sink = __atomic_exchange_n(&local, NULL, __ATOMIC_SEQ_CST);
}

void new_value(void)
{
    int x = 1; //! moved to heap: x
    int *local = NULL;
    __atomic_store_n(&local, &x, __ATOMIC_SEQ_CST);
    sink = local;
}

void loaded(void)
{
    int x = 1; //! moved to heap: x
    int *local = &x;
    sink = __atomic_load_n(&local, __ATOMIC_ACQUIRE);
}

void swapped_in(void)
{
    int x = 1; //! moved to heap: x
    int *local = NULL;
    int *expected = NULL;
    int *desired = &x;
    __atomic_compare_exchange(&local, &expected, &desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    sink = local;
}

void found(void)
{
    int x = 1; //! moved to heap: x
    int *local = &x;
    int *expected = NULL;
    int *desired = NULL;
    __atomic_compare_exchange(&local, &expected, &desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    sink = expected;
}

int counter(void)
{
    int x = 1; //! none
    int *p = &x;
    __atomic_fetch_add(p, 2, __ATOMIC_SEQ_CST);
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}
