// void context_leave(void *load_sp)
//
// Goes on where load_sp was saved by context_switch, for good: what runs now is not saved. ABI:
// AAPCS64, 6.1.
#include "runtime/aarch64/registers_aarch64.inc"

    FUNCTION context_leave
context_leave:
    .cfi_startproc
    mov     sp, x0
    .cfi_def_cfa sp, SAVED_BYTES
    CFI_SAVED
    LOAD_SAVED
    add     sp, sp, #SAVED_BYTES
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size   context_leave, . - context_leave
