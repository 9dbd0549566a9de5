// __morestack: what a prologue of -fsplit-stack code calls when its frame does not fit.
//
// Called as `call __morestack; ret; <body>` with r10 = frame size and r11 = size of the stack
// arguments (gcc's "Split Stacks in GCC", https://gcc.gnu.org/wiki/SplitStacks). Every register
// that can hold an argument (rax counts vector arguments, or is the static chain) or that
// belongs to a caller is pushed, because each may point into the stack that is about to move;
// struct growth_frame in growth.c is this layout. growth_move() runs on the system stack, copies
// the stack with the pushed registers, and returns the frame's new address; the return address
// in it was moved past the `ret`. Vector registers are left alone: growth_move() is compiled
// without them, and preempt.h saves them where more than that happens.
#include "runtime/x86_64/registers.inc"

    .p2align 6
    .globl  __morestack
    .type   __morestack, @function
__morestack:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    pushq   %rax
    .cfi_adjust_cfa_offset 8
    pushq   %rdi
    .cfi_adjust_cfa_offset 8
    pushq   %rsi
    .cfi_adjust_cfa_offset 8
    pushq   %rdx
    .cfi_adjust_cfa_offset 8
    pushq   %rcx
    .cfi_adjust_cfa_offset 8
    pushq   %r8
    .cfi_adjust_cfa_offset 8
    pushq   %r9
    .cfi_adjust_cfa_offset 8
    pushq   %r10
    .cfi_adjust_cfa_offset 8
    pushq   %r11
    .cfi_adjust_cfa_offset 8
    movq    %rsp, %rbx
    .cfi_def_cfa_register rbx
    movq    %rsp, %rdi
    movq    proc_current@gottpoff(%rip), %rax
    movq    %fs:(%rax), %rax
    cmpb    $0, 8(%rax) // on_system: this is the system stack, and a request brought us here
    jne     1f
    movq    (%rax), %rsp // system_sp
1:  andq    $-16, %rsp
    callq   growth_move
    movq    %rax, %rsp
    testq   %rdx, %rdx
    jne     3f
2:  .cfi_def_cfa_register rsp
    .cfi_remember_state
    popq    %r11
    .cfi_adjust_cfa_offset -8
    popq    %r10
    .cfi_adjust_cfa_offset -8
    popq    %r9
    .cfi_adjust_cfa_offset -8
    popq    %r8
    .cfi_adjust_cfa_offset -8
    popq    %rcx
    .cfi_adjust_cfa_offset -8
    popq    %rdx
    .cfi_adjust_cfa_offset -8
    popq    %rsi
    .cfi_adjust_cfa_offset -8
    popq    %rdi
    .cfi_adjust_cfa_offset -8
    popq    %rax
    .cfi_adjust_cfa_offset -8
    POP_CALLEE_SAVED
    ret
    // Preempted: another coroutine runs first, on a switch from this very stack, which may have
    // moved when it comes back.
    .cfi_restore_state
3:  movq    %rsp, %rbx
    .cfi_def_cfa_register rbx
    andq    $-16, %rsp
    movq    %rdx, %rdi
    callq   growth_preempt
    movq    %rbx, %rsp
    jmp     2b
    .cfi_endproc
    .size   __morestack, . - __morestack
