// void context_leave(void *load_sp)
//
// Goes on where load_sp was saved by context_switch, for good: what runs now is not saved. ABI:
// System V x86-64 psABI, 3.2.1. Why it jumps instead of returning: context_switch.S.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_leave
context_leave:
    .cfi_startproc
    movq    48(%rdi), %rdx
    movq    %rdi, %rsp
    .cfi_def_cfa rsp, 56
    .cfi_offset rip, -8
    .cfi_offset rbp, -16
    .cfi_offset rbx, -24
    .cfi_offset r12, -32
    .cfi_offset r13, -40
    .cfi_offset r14, -48
    .cfi_offset r15, -56
    POP_CALLEE_SAVED
    addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rdx
    jmp     *%rdx
    .cfi_endproc
    .size   context_leave, . - context_leave
