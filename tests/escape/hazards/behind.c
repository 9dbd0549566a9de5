// What a function stores behind a parameter is wherever its caller's argument points.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct box {
    int *p;
    struct box *next;
};

void *sink;
struct box global_box;

void put(struct box *b, int *p) //! b does not escape; leaking param: p to content of b level=0
{
    b->p = p;
}

void forward(struct box *b, int *p) //! b does not escape; leaking param: p to content of b level=0
{
    put(b, p);
}

int in_frame(void)
{
    int x = 1; //! none
    struct box b;
    forward(&b, &x);
    return *b.p;
}

int in_global(void)
{
    int x = 1; //! moved to heap: x
    forward(&global_box, &x);
    return x;
}

int in_one_of_two(int c)
{
    int x = 1; //! moved to heap: x
    struct box b = {NULL, NULL};
    put(c ? &b : &global_box, &x);
    return x;
}

int behind_what_is_loaded(struct box *b) //! leaking param content: b
{
    int x = 1; //! moved to heap: x
    put(b->next, &x);
    sink = b->next;
    return x;
}

int in_the_heap(void)
{
    int x = 1;                         //! moved to heap: x
    struct box *b = malloc(sizeof *b); //! malloc(...) escapes to heap
    put(b, &x);
    sink = b;
    return x;
}

int *taken_out(void)
{
    int x = 1; //! moved to heap: x
    struct box b;
    put(&b, &x);
    return b.p;
}

void own_object(struct box *b) //! b does not escape
{
    int x = 1; //! moved to heap: x
    put(b, &x);
}

void keep_too(struct box *b, int *p) //! leaking param: b; leaking param: p to content of b level=0
{
    b->p = p;
    sink = b;
}

int box_is_kept(void)
{
    int x = 1;    //! moved to heap: x
    struct box b; //! moved to heap: b
    keep_too(&b, &x);
    return x;
}

void two_names(struct box *a, //! a does not escape
               struct box *b, //! leaking param content: b
               int *p)        //! leaking param: p to content of a level=0
{
    a->p = p;
    sink = b->p;
}

int one_box_by_two_names(void)
{
    int x = 1; //! moved to heap: x
    struct box b;
    two_names(&b, &b, &x);
    return x;
}

// The boxes change places at each call.
// clang-format off
void turn(struct box *a, //! a does not escape
          struct box *b, //! b does not escape
          int *p, int n) //! leaking param: p to content of a level=0; leaking param: p to content of b level=0
// clang-format on
{
    if (n > 0) {
        turn(b, a, p, n - 1);
    } else {
        a->p = p;
    }
}

int turned(int n)
{
    int x = 1; //! moved to heap: x
    int y = 2; //! none
    struct box a = {NULL, NULL}, b = {NULL, NULL}, c = {NULL, NULL}, d = {NULL, NULL};
    turn(&a, &b, &x, n);
    turn(&c, &d, &y, n);
    sink = b.p;
    return c.p ? *c.p : 0;
}

int in_a_loop(void)
{
    struct box b = {NULL, NULL};
    for (int i = 0; i < 3; i++) {
        int x = i; //! moved to heap: x
        if (b.p && *b.p != i - 1) {
            return 1;
        }
        put(&b, &x);
    }
    return 0;
}

void put_bytes(struct box *b, //! b does not escape
               int **p)       //! leaking param: p to content of b level=1
{
    memcpy(&b->p, p, sizeof *p);
}

int by_bytes(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    struct box b;
    put_bytes(&b, &p);
    sink = b.p;
    return x;
}

void put_integer(uintptr_t *number, int *p) //! number does not escape; leaking param: p
{
    *number = (uintptr_t)p;
}

uintptr_t as_integer(void)
{
    int x = 1; //! moved to heap: x
    uintptr_t number;
    put_integer(&number, &x);
    return number;
}

void fifth(int a, int b, int c, int d, // the sum is of four
           struct box *e,              //! e does not escape
           int *p)                     //! leaking param: p
{
    e->p = a + b + c + d ? p : NULL;
}

int replaced(void)
{
    struct box b;
    int *x = malloc(sizeof *x); //! malloc(...) does not escape
    put(&b, x);
    *b.p = 1;
    free(b.p);
    return 0;
}
