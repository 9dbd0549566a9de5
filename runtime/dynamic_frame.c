// Where -fsplit-stack code goes when an alloca() or a variable-length array does not fit the stack.
// A stack cannot be moved there (gcc keeps such an array's address shifted, where no copy would
// find it), and libgcc's answer would pull in its own __morestack. So it is an error, of which the
// linker warns.
#include "runtime/fatal.h"

#include <stddef.h>

void *__morestack_allocate_stack_space(size_t size_bytes);

__attribute__((section(".gnu.warning.__morestack_allocate_stack_space"),
               used)) static const char warning[] =
    "alloca and variable-length arrays are not supported on coroutine stacks";

void *__morestack_allocate_stack_space(size_t size_bytes)
{
    fatal("alloca or variable-length array of %zu bytes does not fit the coroutine's stack",
          size_bytes);
}
