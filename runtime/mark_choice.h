// Whether small objects are marked by spans or one by one (mark_batch.h), chosen for each
// collection by what the last one by spans has found.
//
// By spans is faster when most of a span's objects are scanned at one visit: a dense one. Where
// objects lie in another order than they are reached in, a visit finds a few: then it costs more
// than it saves. No collection one by one shows how it would be by spans, so after some of
// them, more each time that it turns out in vain, one is by spans again; and at once when so much
// more or less was alive that the heap is another one.
#ifndef RUNTIME_MARK_CHOICE_H
#define RUNTIME_MARK_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

struct mark_choice {
    bool by_spans; // changes only while nothing is marked
    bool is_fixed;
    uint32_t patience;   // how many are one by one in a row
    uint32_t left_count; // of those
    uint64_t live_bytes; // after the last one by spans
};

// allocated_bytes: of the objects of the visited span.
static inline bool mark_choice_is_dense(uint64_t scanned_bytes, uint64_t allocated_bytes)
{
    return scanned_bytes >= allocated_bytes / 4 * 3;
}

// setting: "spans" or "objects", for good; anything else, and NULL: as it turns out.
void mark_choice_init(struct mark_choice *choice, const char *setting);

// A collection has ended, with live_bytes of objects: for the next one. By spans it has scanned
// visited_bytes, of which dense_bytes at dense visits.
void mark_choice_next(struct mark_choice *choice, uint64_t live_bytes, uint64_t visited_bytes,
                      uint64_t dense_bytes);

#endif
