// void context_switch(void **save_sp, void *load_sp)
//
// Saves the callee-saved registers on the running stack and its pointer in *save_sp, then goes on where load_sp
// was saved. ABI: System V x86-64 psABI, 3.2.1: rbx, rbp, r12–r15 belong to the caller. The control words of mxcsr and the x87
// are shared by all coroutines of a worker: saving them would triple the cost for code that changes the rounding mode.
    .text
    .p2align 6
    .globl  context_switch
    .hidden context_switch
    .type   context_switch, @function
context_switch:
    .cfi_startproc
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r12, 0
    pushq   %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r13, 0
    pushq   %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r14, 0
    pushq   %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r15, 0
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp
    popq    %r15
    .cfi_adjust_cfa_offset -8
    .cfi_same_value r15
    popq    %r14
    .cfi_adjust_cfa_offset -8
    .cfi_same_value r14
    popq    %r13
    .cfi_adjust_cfa_offset -8
    .cfi_same_value r13
    popq    %r12
    .cfi_adjust_cfa_offset -8
    .cfi_same_value r12
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_same_value rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_same_value rbp
    ret
    .cfi_endproc
    .size   context_switch, . - context_switch
    .section .note.GNU-stack, "", @progbits
    .section .note.GNU-split-stack, "", @progbits
    .section .note.GNU-no-split-stack, "", @progbits
