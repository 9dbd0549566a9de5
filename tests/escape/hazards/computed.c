// Values that are no longer pointers to look at: numbers made of them, vectors, parts.
#include <stdint.h>
#include <stdlib.h>

int *sink;
uintptr_t number;
unsigned char bytes[8];
double real;
typedef unsigned long two_words __attribute__((vector_size(16)));
typedef int *two_pointers[2];

void as_real(void)
{
    int x = 1; //! moved to heap: x
    real = (double)(uintptr_t)&x;
}

void real_and_back(void)
{
    int x = 1; //! moved to heap: x
    double value = (double)(uintptr_t)&x;
    sink = (int *)(uintptr_t)value;
}

void as_bytes(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x;
    for (int i = 0; i < 8; i++) {
        bytes[i] = (n >> 8 * i) & 0xff;
    }
}

void as_bytes_in_turn(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t n = (uintptr_t)&x;
    for (int i = 0; i < 8; i++) {
        bytes[i] = n & 0xff;
        n >>= 8;
    }
}

int low_bits(int *p) //! p does not escape
{
    return (uintptr_t)p & 7;
}

void halves_of_reals(void)
{
    union {
        int *pointer;
        _Float16 quarter[4];
    } from, to;
    int x = 1; //! moved to heap: x
    from.pointer = &x;
    for (int i = 0; i < 4; i++) {
        to.quarter[i] = from.quarter[i];
    }
    sink = to.pointer;
}

void reduced(void)
{
    int x = 1; //! moved to heap: x
    two_words v = {(uintptr_t)&x, 0};
    number = __builtin_reduce_or(v);
}

void overwritten(int n, const void *other)
{
    int x = 1; //! moved to heap: x
    uintptr_t value = (uintptr_t)&x;
    __builtin_memcpy(&value, other, n);
    sink = (int *)value;
}

void from_nowhere(void)
{
    int x = 1; //! moved to heap: x
    sink = (int *)((char *)16 + (uintptr_t)&x - 16);
}

void index_of_vector(void)
{
    int x = 1; //! moved to heap: x
    two_words v = {0, 0};
    v[number & 1] = (uintptr_t)&x;
    sink = (int *)v[number & 1];
}

void shuffled(void)
{
    int x = 1; //! moved to heap: x
    two_words v = {(uintptr_t)&x, 0};
    v = __builtin_shufflevector(v, v, 1, 0);
    sink = (int *)v[1];
}
