// The pacer: when a collection begins, and how much of its marking an allocation has to pay for.
//
//     mark ends          trigger                  goal
//      |------------------|========================|
//      | room_bytes.......|.......... runway_bytes |   of allocation
//
// The goal is what gc_percent allows on top of what the last mark found alive, at least 4 MiB, less
// under a limit. The marking is to be complete when allocation has come that far: it begins earlier
// by a runway that grows with what there is to read, and during it each allocated byte obliges to
// read so many bytes that the work is done before the runway ends. Others may do it meanwhile: only
// what is missing is asked for.
//
// Everything here is counted in bytes, nothing in time: the same program collects at the same
// points in every run. Changed with the heap's lock held or the world stopped.
#ifndef RUNTIME_PACER_H
#define RUNTIME_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pacer {
    unsigned gc_percent;
    size_t limit_bytes; // 0: none

    uint64_t allocated_bytes; // since the last mark ended
    uint64_t trigger_bytes;   // a collection is due when that much has been
    uint64_t goal_bytes;      // of all objects together, when the marking is to be complete

    uint64_t expected_bytes; // to be read by the marking, as far as known
    uint64_t runway_bytes;
    uint64_t begun_bytes; // allocated_bytes when the marking began
};

void pacer_init(struct pacer *pacer, unsigned gc_percent, size_t limit_bytes);

// Whether a collection is to begin. used_bytes is what the heap's spans take.
bool pacer_is_due(const struct pacer *pacer, size_t used_bytes);

// The marking begins.
void pacer_begin(struct pacer *pacer);

// The bytes that should have been read by now and have not been. scanned_bytes have.
uint64_t pacer_debt_bytes(struct pacer *pacer, uint64_t scanned_bytes);

// The marking has ended: it read scanned_bytes and left live_bytes, of which black_bytes were
// allocated while it went on.
void pacer_end(struct pacer *pacer, uint64_t scanned_bytes, uint64_t live_bytes,
               uint64_t black_bytes);

// The marking is expected to be so short that it may be done in one go with the world stopped.
bool pacer_expects_little(const struct pacer *pacer);

#endif
