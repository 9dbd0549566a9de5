// An integer made from a pointer, and what is computed from it, still is the pointer.
#include <stdint.h>
#include <stdlib.h>

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

struct tagged_pointer {
    int *unused;
    uintptr_t bits;
};

static int *untag(const struct tagged_pointer *t) //! t does not escape
{
    return (int *)(t->bits & ~(uintptr_t)1);
}

void in_struct(void)
{
    int x = 1; //! moved to heap: x
    struct tagged_pointer t = {0};
    t.bits = (uintptr_t)&x | 1;
    sink = untag(&t);
}

void in_array(int i, int j)
{
    int x = 1; //! moved to heap: x
    uintptr_t a[4] = {0};
    a[i] = (uintptr_t)&x;
    sink = (int *)a[j];
}

static int *from_integer(const uintptr_t *n) //! n does not escape
{
    return (int *)*n;
}

void by_address(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x;
    sink = from_integer(&n);
}

void in_heap_array(int i, int j)
{
    int x = 1;                           //! moved to heap: x
    uintptr_t *a = calloc(4, sizeof *a); //! calloc(...) does not escape
    a[i] = (uintptr_t)&x;
    sink = (int *)a[j];
}
