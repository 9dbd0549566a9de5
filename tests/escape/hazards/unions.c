// What is written as one member can be read as another.
#include <stdint.h>
#include <string.h>

int *sink;
uint64_t number;
double real;

union word {
    int *pointer;
    uint64_t number;
    double real;
    unsigned char bytes[8];
    struct {
        uint32_t low, high;
    } half;
};

void as_number(void)
{
    int x = 1; //! moved to heap: x
    union word w = {.pointer = &x};
    number = w.number;
}

void from_number(void)
{
    int x = 1; //! moved to heap: x
    union word w = {.number = (uint64_t)&x};
    sink = w.pointer;
}

void as_real(void)
{
    int x = 1; //! moved to heap: x
    union word w = {.pointer = &x};
    real = w.real;
}

void as_halves(void)
{
    int x = 1; //! moved to heap: x
    union word w = {.pointer = &x};
    union word v;
    v.half.low = w.half.low;
    v.half.high = w.half.high;
    sink = v.pointer;
}

void as_bytes(void)
{
    int x = 1; //! moved to heap: x
    union word w = {.pointer = &x};
    union word v;
    for (int i = 0; i < 8; i++) {
        v.bytes[i] = w.bytes[i];
    }
    sink = v.pointer;
}

void other_type(void)
{
    int x = 1; //! moved to heap: x
    struct {
        int *p;
    } a = {&x};
    struct {
        uint64_t n;
    } b;
    memcpy(&b, &a, sizeof b);
    number = b.n;
}

void real_in_memory(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    double d;
    memcpy(&d, &p, sizeof d);
    real = d;
}

int stays(void)
{
    int x = 1; //! none
    union word w = {.pointer = &x};
    return *w.pointer;
}
