#include <stdbool.h>

int *sink;
bool odd(int *q, int n);
void oddStore(int *q, int n);

bool even(int *p, int n)
{
    if (n == 0) {
        return *p == 0;
    }
    return odd(p, n - 1);
}

bool odd(int *q, int n)
{
    if (n == 0) {
        return *q == 1;
    }
    return even(q, n - 1);
}

void evenStore(int *p, int n)
{
    if (n > 0) {
        oddStore(p, n - 1);
    }
}

void oddStore(int *q, int n)
{
    sink = q;
    evenStore(q, n - 1);
}

bool use(void)
{
    int x = 1;
    return even(&x, 4);
}

void leak(void)
{
    int x = 1;
    evenStore(&x, 4);
}
