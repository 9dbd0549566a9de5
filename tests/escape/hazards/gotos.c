// Loops that goto, switch and computed jumps make are loops too.
#include <stdlib.h>

int backwards(int n)
{
    int *last = NULL;
    int sum = 0;
again:;
    int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
    *p = n;
    sum += last ? *last : 0;
    last = p;
    if (--n > 0) {
        goto again;
    }
    return sum;
}

int two_entries(int n)
{
    int *last = NULL;
    int sum = 0;
    int *p = NULL;
    if (n % 2) {
        goto middle;
    }
top:
    p = malloc(sizeof(int)); //! malloc(...) escapes to heap
    *p = n;
    sum += last ? *last : 0;
    last = p;
middle:
    if (n-- > 0) {
        goto top;
    }
    return sum;
}

int computed(int n)
{
    static const void *const labels[] = {&&top, &&out};
    int *last = NULL;
    int sum = 0;
top:;
    int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
    *p = n;
    sum += last ? *last : 0;
    last = p;
    n--;
    goto *labels[n <= 0];
out:
    return sum;
}

int device(int n)
{
    int *last = NULL;
    int sum = 0;
    switch (n % 2) {
        do {
        case 0:;
            int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
            *p = n;
            sum += last ? *last : 0;
            last = p;
        case 1:
            n--;
        } while (n > 0);
    }
    return sum;
}

int forwards(int n)
{
    int *p = malloc(sizeof(int)); //! malloc(...) does not escape
    *p = n;
    if (n > 3) {
        goto out;
    }
    *p = 2;
out:
    return *p;
}

int scope_again(int n)
{
    int *last = NULL;
    int sum = 0;
again: {
    int x = n; //! moved to heap: x
    sum += last ? *last : 0;
    last = &x;
    if (--n > 0) {
        goto again;
    }
}
    return sum;
}
