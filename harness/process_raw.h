// What scripts/bench_process.sh leaves for `escapement process --merge`: a folder with, for every
// round and program,
//     ROUND.PROGRAM.json   hyperfine's export, a result a placement, in the order in which they
//     ran,
//                          named by its placement
//     ROUND.PROGRAM.log    a line a process: placement, peak memory in bytes, size, checksum (the
//                          programs' MACRO_LOG)
// Rounds count from 1.
#ifndef HARNESS_PROCESS_RAW_H
#define HARNESS_PROCESS_RAW_H

#include <jansson.h>

// Reads the rounds of a program into an array with an object a round:
//     {"order": ["gc", "stack", ...], "seconds": {"gc": [0.21, ...], ...},
//      "peak_bytes": {"gc": [8519680, ...], ...}}
// and its size and checksum into *size and *checksum (16 hexadecimal digits). A new reference.
//
// Dies with the file's name when one is missing or damaged, a process failed, the rounds or the
// placements do not agree in size or checksum, or times and processes differ in number.
enum { PROCESS_RAW_CHECKSUM_BYTES = 17 };
json_t *process_raw_read(const char *folder, const char *program, int round_count, json_int_t *size,
                         char checksum[PROCESS_RAW_CHECKSUM_BYTES]);

#endif
