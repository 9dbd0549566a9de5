// void context_call(void **save_sp, void *system_sp, void (*fn)(void *), void *arg)
//
// Calls fn(arg) on the stack that ends at system_sp. The callee-saved registers are saved on the
// running stack first, in context_switch's layout, and its pointer in *save_sp, so that a
// collection finds them. ABI: AAPCS64, 6.1. x19 holds the old stack pointer meanwhile, which the
// unwind table names: a debugger and our own backtraces walk from the system stack into the
// coroutine's.
#include "runtime/aarch64/registers_aarch64.inc"

    FUNCTION context_call
context_call:
    .cfi_startproc
    sub     sp, sp, #SAVED_BYTES
    .cfi_def_cfa_offset SAVED_BYTES
    STORE_SAVED
    CFI_SAVED
    mov     x19, sp
    .cfi_def_cfa_register x19
    str     x19, [x0]
    and     x1, x1, #-16
    mov     sp, x1
    mov     x0, x3
    blr     x2
    mov     sp, x19
    .cfi_def_cfa_register sp
    LOAD_SAVED
    add     sp, sp, #SAVED_BYTES
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size   context_call, . - context_call
