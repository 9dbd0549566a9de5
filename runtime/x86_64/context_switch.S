// void context_switch(void **save_sp, void *load_sp)
//
// Saves the callee-saved registers on the running stack and its pointer in *save_sp, then goes
// on where load_sp was saved. ABI: System V x86-64 psABI, 3.2.1: rbx, rbp, r12–r15 belong to the
// caller. The control words of mxcsr and the x87 are shared by all coroutines of a worker:
// saving them would triple the cost for code that changes the rounding mode.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_switch
context_switch:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp
    POP_CALLEE_SAVED
    ret
    .cfi_endproc
    .size   context_switch, . - context_switch
