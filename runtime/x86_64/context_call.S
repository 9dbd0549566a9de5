// void context_call(void **save_sp, void *system_sp, void (*fn)(void *), void *arg)
//
// Calls fn(arg) on the stack that ends at system_sp. The callee-saved registers are saved on the
// running stack first, in context_switch's layout, and its pointer in *save_sp, so that a
// collection finds them. ABI: System V x86-64 psABI, 3.2.1 (rbx, rbp, r12–r15 saved). rbx holds
// the old stack pointer meanwhile, which the unwind table names: a debugger and our own
// backtraces walk from the system stack into the coroutine's.
#include "runtime/x86_64/registers.inc"

    FUNCTION context_call
context_call:
    .cfi_startproc
    PUSH_CALLEE_SAVED
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
    POP     rbx
    POP     rbp
    ret
    .cfi_endproc
    .size   context_call, . - context_call
