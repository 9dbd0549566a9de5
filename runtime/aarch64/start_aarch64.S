// Where a new coroutine begins: context_switch returns here, on the new stack.
//
// Calls coroutine_main(), which does not return. The unwind table ends here: this frame has no
// caller.
#include "runtime/aarch64/registers_aarch64.inc"

    FUNCTION context_start
context_start:
    .cfi_startproc
    .cfi_undefined x30
    mov     x29, xzr
    bl      coroutine_main
    brk     #0
    .cfi_endproc
    .size   context_start, . - context_start
