// void context_switch(void **save_sp, void *load_sp)
//
// Saves the callee-saved registers on the running stack and its pointer in *save_sp, then goes on
// where load_sp was saved. ABI: AAPCS64, 6.1. Who finds the pointer there may be another processor
// and resume at once: hence the store with release.
#include "runtime/aarch64/registers_aarch64.inc"

    FUNCTION context_switch
context_switch:
    .cfi_startproc
    sub     sp, sp, #SAVED_BYTES
    .cfi_def_cfa_offset SAVED_BYTES
    STORE_SAVED
    CFI_SAVED
    mov     x2, sp
    stlr    x2, [x0]
    mov     sp, x1
    LOAD_SAVED
    add     sp, sp, #SAVED_BYTES
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size   context_switch, . - context_switch
