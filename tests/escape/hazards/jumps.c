// setjmp() returns twice: what is made after it can be made again while the first is still used.
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf again;
jmp_buf *current;

void jump(void)
{
    longjmp(again, 1);
}

int two_alive(void)
{
    int *volatile first = NULL;
    int n = setjmp(again);
    int *p = malloc(sizeof(int)); //! malloc(...) escapes to heap
    *p = n;
    if (first == NULL) {
        first = p;
        jump();
    }
    return *first + *p;
}

int buffer_elsewhere(void)
{
    jmp_buf buffer; //! moved to heap: buffer
    current = &buffer;
    return setjmp(buffer);
}

// Nothing keeps it, but a frame that is entered twice is not the place for it: the placement is the
// heap (tests/escape_hazards.sh asks for the reason).
int made_before(void)
{
    int *p = malloc(sizeof(int)); //! malloc(...) does not escape
    *p = 1;
    if (setjmp(again)) {
        return 0;
    }
    return *p;
}
