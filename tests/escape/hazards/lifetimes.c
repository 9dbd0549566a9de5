// Storage that is used after it should be gone, and statics that are never gone.
#include <stdlib.h>

int *sink;

struct frame {
    struct frame *up;
    int n;
};

static struct frame *top;

int linked_frames(int n)
{
    struct frame frame = {top, n}; //! moved to heap: frame
    top = &frame;
    const int sum = n ? linked_frames(n - 1) + top->n : 0;
    top = frame.up;
    return sum;
}

int static_local(void)
{
    static int *keep;
    int x = 1; //! moved to heap: x
    keep = &x;
    return *keep;
}

int *static_is_fine(void)
{
    static int x = 1; //! none
    return &x;
}

int merged(int c)
{
    int x = c;                    //! none
    int *p = malloc(sizeof(int)); //! malloc(...) does not escape
    *p = 2;
    int *q = c ? p : &x;
    const int n = *q;
    free(p);
    return n;
}

static void release(int **p) //! p does not escape
{
    sink = NULL;
    *p = NULL;
}

int cleaned_up(void)
{
    int x = 1; //! none
    __attribute__((cleanup(release))) int *p = &x;
    return *p;
}

int *statement_expression(void)
{
    int *p = ({
        int x = 1; //! moved to heap: x
        sink = &x;
        &x;
    });
    return p;
}

int null_tested(void)
{
    int *p = malloc(sizeof(int)); //! malloc(...) does not escape
    if (p == NULL) {
        return 0;
    }
    *p = 1;
    return *p;
}

int freed_twice_over(int c)
{
    int *p = malloc(sizeof(int)); //! malloc(...) does not escape
    *p = c;
    const int n = *p;
    if (c) {
        free(p);
    } else {
        free(p);
    }
    return n;
}
