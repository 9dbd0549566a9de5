// context_limit, a thread's: what prologues would compare the stack pointer with if a compiler made
// them do so. The rest of the runtime writes it as it does elsewhere. ABI: ELF for the Arm 64-bit
// Architecture, thread-local storage.
#include "runtime/aarch64/registers_aarch64.inc"

    .section .tbss, "awT", %nobits
    .p2align 3
    .globl  context_limit
    .hidden context_limit
    .type   context_limit, %object
context_limit:
    .zero   8
    .size   context_limit, 8
