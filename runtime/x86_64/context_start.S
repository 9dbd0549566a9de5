// Where a new coroutine begins: context_switch returns here, on the new stack.
//
// Calls coroutine_main(), which does not return. The unwind table ends here: this frame has no caller.
    .text
    .p2align 6
    .globl  context_start
    .hidden context_start
    .type   context_start, @function
context_start:
    .cfi_startproc
    .cfi_undefined rip
    xorl    %ebp, %ebp
    callq   coroutine_main
    ud2
    .cfi_endproc
    .size   context_start, . - context_start
    .section .note.GNU-stack, "", @progbits
    .section .note.GNU-split-stack, "", @progbits
    .section .note.GNU-no-split-stack, "", @progbits
