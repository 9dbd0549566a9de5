// Included first into every C file of the library (-include, see the Makefile): tells gold and lld
// that our functions, which do not check their stack, may be called by those that do. Without the
// notes these linkers change such callers to ask for 16 KiB at every call.
#ifndef RUNTIME_X86_64_SPLIT_NOTE_H
#define RUNTIME_X86_64_SPLIT_NOTE_H

__asm__(".pushsection .note.GNU-split-stack, \"\", @progbits\n"
        ".popsection\n"
        ".pushsection .note.GNU-no-split-stack, \"\", @progbits\n"
        ".popsection\n");

#endif
