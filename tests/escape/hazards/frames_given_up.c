// A call that takes the place of its caller's frame, a body that is not C, a second return that no
// setjmp() announces: what a frame holds is gone, used or made again there.
#include <stdlib.h>

int *sink;
void *buffer[5];

static int read_it(int *p) //! p does not escape
{
    return *p;
}

int in_tail_call(int *unused)
{
    int *p = malloc(sizeof *p); //! malloc(...) escapes to heap
    *p = 1;
    __attribute__((musttail)) return read_it(p);
}

int in_call(int *unused)
{
    int *p = malloc(sizeof *p); //! malloc(...) does not escape
    *p = 1;
    return read_it(p);
}

#if defined(__x86_64__)
__attribute__((naked)) void keep_naked(int *p)
{
    __asm__("movq %rdi, sink(%rip)\n\tret");
}
#else
__attribute__((naked)) void keep_naked(int *p)
{
    __asm__("adrp x1, sink\n\tstr x0, [x1, :lo12:sink]\n\tret");
}
#endif

void to_naked(void)
{
    int x = 1; //! moved to heap: x
    keep_naked(&x);
}

#if defined(__x86_64__) // elsewhere clang has no __builtin_setjmp()
int second_return(void)
{
    int *volatile first = NULL;
    int n = __builtin_setjmp(buffer);
    int *p = malloc(sizeof *p); //! malloc(...) escapes to heap
    *p = n;
    if (first == NULL) {
        first = p;
        __builtin_longjmp(buffer, 1);
    }
    return *first + *p;
}

int made_before_second_return(void)
{
    int *p = malloc(sizeof *p); //! malloc(...) does not escape
    *p = 1;
    if (__builtin_setjmp(buffer)) {
        return 0;
    }
    return *p;
}
#endif
