// __morestack: what a prologue of -fsplit-stack code calls when its frame does not fit.
//
// Called as `call __morestack; ret; <body>` with r10 = frame size and r11 = size of the stack
// arguments (gcc's "Split Stacks in GCC", https://gcc.gnu.org/wiki/SplitStacks). Every register
// that can hold an argument (rax counts vector arguments, or is the static chain) or that
// belongs to a caller is pushed, because each may point into the stack that is about to move;
// struct growth_frame in growth.c is this layout. growth_move() runs on the system stack, copies
// the stack with the pushed registers, and returns the frame's new address; the return address
// in it was moved past the `ret`. When the function is to run on a new segment, r10 has been
// set to where that begins. Vector registers are left alone: growth_move() is compiled
// without them, and preempt.h saves them where more than that happens.
//
// __morestack_non_split: what gold and lld have functions call instead that call code which does not
// check its stack, libc's for instance. Such code gets what libgcc promises it. It is defined here
// because lld does not load a file of its own for it.
#include "runtime/x86_64/registers.inc"

    .p2align 6
    .globl  __morestack_non_split
    .type   __morestack_non_split, @function
__morestack_non_split:
    .cfi_startproc
    addq    $0x4000, %r10
    jmp     __morestack
    .cfi_endproc
    .size   __morestack_non_split, . - __morestack_non_split

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
0:  movq    %rsp, %rbx
    .cfi_def_cfa_register rbx
    movq    %rsp, %rdi
    movq    proc_current@gottpoff(%rip), %rax
    movq    %fs:(%rax), %rax
    testq   %rax, %rax
    je      1f // no worker, or none any more
    movq    16(%rax), %rdx // running
    testq   %rdx, %rdx
    je      1f
    movq    16(%rdx), %rdx // its stack
    movq    %rsp, %rcx
    subq    (%rdx), %rcx // base
    cmpq    8(%rdx), %rcx // size_bytes
    jae     1f // the system stack, or a signal handler's: there is room
    movq    (%rax), %rsp // system_sp
1:  andq    $-16, %rsp
    callq   growth_move
    movq    %rax, %rsp
    testq   %rdx, %rdx
    jne     3f
    .cfi_def_cfa_register rsp
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
    testq   %r10, %r10
    jne     4f
    ret
    // Segmented: the function runs on the segment that begins at r10, where its stack arguments
    // have been copied, and returns here. rbp holds the place on the old segment. For unwinders this
    // is the frame of a function that the function's caller has called.
    .cfi_def_cfa rsp, 16
4:  pushq   %rbp
    .cfi_def_cfa_offset 24
    .cfi_offset rbp, -24
    movq    %rsp, %rbp
    .cfi_def_cfa_register rbp
    movq    %r10, %rsp
    callq   *8(%rbp)
    // Results are in rax, rdx, vector and x87 registers; segment_pop() uses none of the latter.
    movq    %rbp, %rsp
    .cfi_def_cfa_register rsp
    pushq   %rax
    .cfi_adjust_cfa_offset 8
    pushq   %rdx
    .cfi_adjust_cfa_offset 8
    subq    $8, %rsp
    .cfi_adjust_cfa_offset 8
    callq   segment_pop
    addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    popq    %rdx
    .cfi_adjust_cfa_offset -8
    popq    %rax
    .cfi_adjust_cfa_offset -8
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_same_value rbp
    addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    ret
    // Preempted: another coroutine runs first, on a switch from this very stack, which may have
    // moved when it comes back. The stack that was asked for is asked for again.
    .cfi_restore_state
3:  movq    %rsp, %rbx
    .cfi_def_cfa_register rbx
    andq    $-16, %rsp
    movq    %rdx, %rdi
    callq   growth_preempt
    movq    %rbx, %rsp
    jmp     0b
    .cfi_endproc
    .size   __morestack, . - __morestack
