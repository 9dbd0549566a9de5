// The latencies of one side of a pair: what the worker printed, merged over launches, and as the
// JSON of latency.json (docs/formats.md).
#ifndef HARNESS_LATENCY_SIDE_H
#define HARNESS_LATENCY_SIDE_H

#include "harness/histogram.h"

#include <jansson.h>
#include <stdbool.h>

// 116 KiB; a zeroed one is empty.
struct latency_side {
    struct histogram all;       // ns, of every operation
    struct histogram collected; // of those during which a collection was completed
};

enum { LATENCY_SIDE_ERROR_BYTES = 160 };

// Adds an object's buckets to the side. Returns false with a message, and the side untouched, when
// the object is not as docs/formats.md says or contradicts itself.
bool latency_side_add(struct latency_side *side, const json_t *object,
                      char error[LATENCY_SIDE_ERROR_BYTES]);

// Percentiles and buckets, as a new reference.
json_t *latency_side_json(const struct latency_side *side);

#endif
