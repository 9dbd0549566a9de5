// Where a new coroutine begins: context_switch returns here, on the new stack.
//
// Calls coroutine_main(), which does not return. The unwind table ends here: this frame has no
// caller.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_start
context_start:
    .cfi_startproc
    .cfi_undefined rip
    xorl    %ebp, %ebp
    callq   coroutine_main
    ud2
    .cfi_endproc
    .size   context_start, . - context_start
