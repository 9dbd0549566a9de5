// An integer made from a pointer, and what is computed from it, still is the pointer.
#include <stdint.h>

int *sink;
uintptr_t number;
unsigned __int128 wide;
typedef uint64_t two_words __attribute__((vector_size(16)));
two_words vector;

void stored(void)
{
    int x = 1; //! moved to heap: x
    number = (uintptr_t)&x;
}

void there_and_back(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x;
    sink = (int *)n;
}

void encoded(uintptr_t key)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x ^ key;
    sink = (int *)(n ^ key);
}

void tagged(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x | 1;
    n += 8;
    n &= ~(uintptr_t)1;
    sink = (int *)(n - 8);
}

uintptr_t returned(int *p) //! leaking param: p to result level=0
{
    return (uintptr_t)p;
}

void complement(void)
{
    int x = 1; //! moved to heap: x
    number = ~(uintptr_t)&x;
}

void multiplied(void)
{
    int x = 1; //! moved to heap: x
    number = (uintptr_t)&x * 3;
}

void swapped(void)
{
    int x = 1; //! moved to heap: x
    number = __builtin_bswap64((uintptr_t)&x);
}

void widened(void)
{
    int x = 1; //! moved to heap: x
    wide = (unsigned __int128)(uintptr_t)&x << 64;
}

void in_vector(void)
{
    int x = 1; //! moved to heap: x
    two_words v = {0, (uintptr_t)&x};
    vector = v;
}

void truncated_twice(void)
{
    int x = 1; //! moved to heap: x
    uint32_t low = (uint32_t)(uintptr_t)&x;
    uint32_t high = (uint32_t)((uintptr_t)&x >> 32);
    number = (uint64_t)high << 32 | low;
}

void difference(void)
{
    static char base[1];
    char x = 1; //! moved to heap: x
    number = (uintptr_t)&x - (uintptr_t)base;
}

int stays(void)
{
    int x = 1; //! none
    uintptr_t n = (uintptr_t)&x;
    return *(int *)n;
}

int compared(int *p, int *q) //! p does not escape; q does not escape
{
    return p == q || p < q;
}
