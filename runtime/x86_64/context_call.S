// void context_call(void **save_sp, void *system_sp, void (*fn)(void *), void *arg)
//
// Calls fn(arg) on the stack that ends at system_sp. The callee-saved registers are saved on the running stack
// first, in context_switch's layout, and its pointer in *save_sp, so that a collection finds them. ABI: System V x86-64 psABI,
// 3.2.1 (rbx, rbp, r12–r15 saved). rbx holds the old stack pointer meanwhile, which the unwind table names: a
// debugger and our own backtraces walk from the system stack into the coroutine's.
    .text
    .p2align 6
    .globl  context_call
    .hidden context_call
    .type   context_call, @function
context_call:
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
    movq    %rsp, %rbx
    .cfi_def_cfa_register rbx
    movq    %rsi, %rsp
    andq    $-16, %rsp
    movq    %rcx, %rdi
    callq   *%rdx
    movq    %rbx, %rsp
    .cfi_def_cfa_register rsp
    // r12–r15 are as fn found them; only rbx and rbp need to come back from the stack.
    addq    $32, %rsp
    .cfi_adjust_cfa_offset -32
    .cfi_same_value r12
    .cfi_same_value r13
    .cfi_same_value r14
    .cfi_same_value r15
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_same_value rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_same_value rbp
    ret
    .cfi_endproc
    .size   context_call, . - context_call
    .section .note.GNU-stack, "", @progbits
    .section .note.GNU-split-stack, "", @progbits
    .section .note.GNU-no-split-stack, "", @progbits
