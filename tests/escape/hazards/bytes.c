// A pointer is its bytes: copied one by one, by halves, or shifted together, it is the same
// pointer.
#include <stdint.h>
#include <string.h>

int *sink;

void byte_loop(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    int *q;
    for (unsigned i = 0; i < sizeof p; i++) {
        ((unsigned char *)&q)[i] = ((unsigned char *)&p)[i];
    }
    sink = q;
}

void byte_values(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    unsigned char b[8];
    const unsigned char *from = (const unsigned char *)&p;
    for (int i = 0; i < 8; i++) {
        const unsigned char one = from[i];
        b[7 - i] = one;
    }
    int *q;
    for (int i = 0; i < 8; i++) {
        ((unsigned char *)&q)[i] = b[7 - i];
    }
    sink = q;
}

void halves(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    uint32_t low, high;
    memcpy(&low, &p, 4);
    memcpy(&high, (char *)&p + 4, 4);
    sink = (int *)((uint64_t)high << 32 | low);
}

void shifted(void)
{
    int x = 1; //! moved to heap: x
    uint64_t value = 0;
    int *p = &x;
    const uint8_t *bytes = (const uint8_t *)&p;
    for (int i = 0; i < 8; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    sink = (int *)value;
}

struct split {
    uint64_t low : 24;
    uint64_t high : 40;
};

void bit_fields(void)
{
    int x = 1; //! moved to heap: x
    struct split s;
    s.low = (uintptr_t)&x & 0xffffff;
    s.high = (uintptr_t)&x >> 24;
    sink = (int *)(((uint64_t)s.high << 24) | s.low);
}

// The bytes of a number are not a pointer.
int number_bytes(void)
{
    int x = 1; //! none
    int *p = &x;
    int n = 0;
    for (unsigned i = 0; i < sizeof *p; i++) {
        n += ((unsigned char *)p)[i];
    }
    return n;
}
