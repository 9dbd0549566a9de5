// Sees every write into the heap, and reports those of pointers that did not go through
// heap_store().
//
// While it watches, the pages of the heap are read-only. A write faults; the handler lets the one
// instruction through and compares the words around it before and after: no write escapes it,
// whoever makes it and however it is compiled. A word that holds a pointer, by the type that its
// object was allocated with, may only change inside heap_store().
//
// For programs linked with --wrap for the functions that write_oracle.c replaces, on x86-64, in
// runs with one proc. A write costs two signals, some 20 us.
#ifndef TESTS_WRITE_ORACLE_H
#define TESTS_WRITE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct write_oracle_report {
    uintptr_t slot;
    uintptr_t code; // the instruction
    uintptr_t old_word;
    uintptr_t new_word;
};

enum { WRITE_ORACLE_REPORT_COUNT = 32 }; // kept; all are counted

// What was seen between begin and end.
struct write_oracle {
    uint64_t write_count;   // instructions that wrote
    uint64_t store_count;   // calls of heap_store()
    uint64_t channel_count; // words that changed in channels, whose barrier is their own
    uint64_t missed_count;  // pointer words that changed otherwise
    struct write_oracle_report reports[WRITE_ORACLE_REPORT_COUNT];
};

// False where it cannot work: another architecture.
bool write_oracle_available(void);

// Between the two the calling coroutine, and all others of the run, are watched. Objects made
// before are watched less well: what is written there is a pointer if it points into the heap.
void write_oracle_begin(void);
void write_oracle_end(struct write_oracle *oracle);

#endif
