// void context_visit(void *sp, void (*fn)(void *), void *arg)
//
// Calls fn(arg) on the running stack as if the coroutine parked at sp (saved by context_switch)
// had called it: an unwinder that starts in fn walks that coroutine's frames. ABI: AAPCS64, 6.1;
// x19, x29 and x30 are saved.
#include "runtime/aarch64/registers_aarch64.inc"

    FUNCTION context_visit
context_visit:
    .cfi_startproc
    stp     x29, x30, [sp, #-32]!
    .cfi_def_cfa_offset 32
    .cfi_offset x29, -32
    .cfi_offset x30, -24
    str     x19, [sp, #16]
    .cfi_offset x19, -16
    mov     x19, x0
    mov     x0, x2
    // From here the table describes the parked frame.
    .cfi_remember_state
    .cfi_def_cfa x19, SAVED_BYTES
    CFI_SAVED
    blr     x1
    nop
    .cfi_restore_state
    ldr     x19, [sp, #16]
    ldp     x29, x30, [sp], #32
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size   context_visit, . - context_visit
