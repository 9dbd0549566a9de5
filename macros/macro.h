// A macro program: a whole process that does one job in one placement, for `make bench-process`.
//
// One source, built once a placement like a workload (harness/workload.h has the macros), but with
// a main() of its own, so that start-up, page faults and the collector's pace are in the time. A
// program is found by its file's name: macros/<name>.c becomes build/<variant>/macros/<name>.<p>.
//
//     const struct macro macro = {.question = "...", .unit = "depth", .size = 16, ...};
//     uint64_t macro_run(uint64_t size, const struct macro_input *input) { ... return checksum; }
//
// macro_main.c calls it on a coroutine and prints the checksum, which all placements must share.
#ifndef MACROS_MACRO_H
#define MACROS_MACRO_H

#include "harness/workload.h"

#include <stddef.h>
#include <stdint.h>

// Text that the program reads; in malloc()'s memory in every placement, because it is no part of
// the comparison.
struct macro_input {
    char *text;
    size_t length_bytes;
};

struct macro {
    const char *name;
    const char *question;
    const char *unit; // what the size counts
    uint64_t size;    // by default: some tenths of a second
    uint64_t smoke;   // for tests: some milliseconds, under sanitizers too
    uint64_t size_min;
    uint64_t size_max; // what the frames of the stack placement are declared for
    // Makes the input before the runtime starts; NULL when there is none. Runs on the system stack.
    struct macro_input (*prepare)(void);
};

// Defined by the program.
extern const struct macro macro;

// Does the job and returns its checksum. Runs on a coroutine: the contract of docs/runtime.md.
uint64_t macro_run(uint64_t size, const struct macro_input *input);

#endif
