// void context_switch(void **save_sp, void *load_sp)
//
// Saves the callee-saved registers on the running stack and its pointer in *save_sp, then goes
// on where load_sp was saved. ABI: System V x86-64 psABI, 3.2.1: rbx, rbp, r12–r15 belong to the
// caller. The control words of mxcsr and the x87 are shared by all coroutines of a worker:
// saving them would triple the cost for code that changes the rounding mode.
//
// A `ret` is predicted to go where we were called from. That is right when the other context called
// us from there too, and then its callers' returns are mostly predicted right as well. When it is
// not, an indirect jump does better: it is predicted by what came before. It leaves one entry too
// many in the processor's stack of returns, so returns of the callers are predicted wrong; but those
// of another place's callers were not the right ones anyway.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_switch
context_switch:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    movq    48(%rsi), %rdx
    cmpq    48(%rsp), %rdx
    // From here on another thread may run on this stack, and move it: nothing reads it any more.
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp
    jne     1f
    .cfi_remember_state
    POP_CALLEE_SAVED
    ret
    .cfi_restore_state
1:  POP_CALLEE_SAVED
    addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rdx
    jmp     *%rdx
    .cfi_endproc
    .size   context_switch, . - context_switch
