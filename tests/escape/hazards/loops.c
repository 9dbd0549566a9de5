// An object of an iteration must not be used in a later one as if it were another.
#include <stdlib.h>

struct holder {
    int *p;
    int *q;
};

int carried_pointer(int n)
{
    int *last = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i; //! moved to heap: x
        sum += last ? *last : 0;
        last = &x;
    }
    return sum;
}

int carried_allocation(int n)
{
    int *last = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
        *p = i;
        sum += last ? *last : 0;
        last = p;
    }
    return sum;
}

int carried_in_struct(int n)
{
    struct holder h = {NULL, NULL};
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i; //! moved to heap: x
        sum += h.p ? *h.p : 0;
        h.p = &x;
    }
    return sum;
}

int carried_in_array(int n)
{
    int *all[16] = {NULL};
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
        *p = i;
        all[i % 16] = p;
        sum += all[0] ? *all[0] : 0;
    }
    return sum;
}

int carried_two_back(int n)
{
    int *last = NULL;
    int *before = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i; //! moved to heap: x
        sum += before ? *before : 0;
        before = last;
        last = &x;
    }
    return sum;
}

static int *same(int *p) //! leaking param: p to result level=0
{
    return p;
}

int carried_by_call(int n)
{
    int *last = NULL;
    int sum = 0;
    do {
        int x = n; //! moved to heap: x
        sum += last ? *last : 0;
        last = same(&x);
    } while (--n > 0);
    return sum;
}

int carried_inner(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *last = NULL;
        for (int j = 0; j < n; j++) {
            int x = j; //! moved to heap: x
            sum += last ? *last : 0;
            last = &x;
        }
    }
    return sum;
}

int within_inner(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i; //! none
        int *p = &x;
        for (int j = 0; j < n; j++) {
            sum += *p;
        }
    }
    return sum;
}

int within(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(sizeof(int)); //! malloc(...) does not escape
        *p = i;
        sum += *p;
        free(p);
    }
    return sum;
}

int continued(int n)
{
    int *last = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i; //! moved to heap: x
        if (i % 2) {
            last = &x;
            continue;
        }
        sum += last ? *last : 0;
    }
    return sum;
}

int literal(int n)
{
    struct holder *last = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;                    //! moved to heap: x
        struct holder h = {&x, NULL}; //! moved to heap: h
        sum += last ? *last->p : 0;
        last = &h;
    }
    return sum;
}

// SROA leaves of such a variable the part that is read, and computes its address before the loop.
struct pair {
    int first, second;
};

int part_of_last_turn_by_address(void)
{
    struct pair none = {1, 2}; //! none
    struct pair *first = &none;
    struct pair **where = &first;
    *where = &none;
    struct pair *last = first;
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        struct pair this = {i, i}; //! moved to heap: this
        sum += last->first;
        last = &this;
    }
    return sum;
}

int part_of_last_turn(int n)
{
    struct pair none = {1, 2}; //! none
    struct pair *last = &none;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct pair this = {i, i}; //! moved to heap: this
        sum += last->second;
        last = &this;
    }
    return sum;
}

int part_of_last_inner_turn(int n)
{
    struct pair none = {1, 2}; //! none
    struct pair *last = &none;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += last->second;
        for (int j = 0; j < 2; j++) {
            struct pair this = {i, j}; //! moved to heap: this
            last = &this;
        }
    }
    return sum;
}
