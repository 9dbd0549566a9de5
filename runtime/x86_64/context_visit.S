// void context_visit(void *sp, void (*fn)(void *), void *arg)
//
// Calls fn(arg) on the running stack as if the coroutine parked at sp (saved by context_switch)
// had called it: an unwinder that starts in fn walks that coroutine's frames. ABI: System V
// x86-64 psABI, 3.2.1; rbx and r12 are saved.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_visit
context_visit:
    .cfi_startproc
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    pushq   %r12 // keeps the stack aligned
    .cfi_adjust_cfa_offset 8
    movq    %rdi, %rbx
    movq    %rdx, %rdi
    // From here the table describes the parked frame: six saved registers, then the return address.
    .cfi_remember_state
    .cfi_def_cfa rbx, 56
    .cfi_offset rip, -8
    .cfi_offset rbp, -16
    .cfi_offset rbx, -24
    .cfi_offset r12, -32
    .cfi_offset r13, -40
    .cfi_offset r14, -48
    .cfi_offset r15, -56
    callq   *%rsi
    nop
    .cfi_restore_state
    popq    %r12
    .cfi_adjust_cfa_offset -8
    popq    %r12
    .cfi_adjust_cfa_offset -8
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size   context_visit, . - context_visit
