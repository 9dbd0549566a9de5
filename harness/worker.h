// The orchestrator's side of the contract with the worker: finds it, asks it for its list, and has
// it measure one pair in one fresh process.
#ifndef HARNESS_WORKER_H
#define HARNESS_WORKER_H

#include "harness/catalog.h"
#include "harness/launch.h"
#include "harness/pair.h"
#include "harness/sample.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

// The worker and its twins PATH.1, PATH.2, ...: the same objects linked in other orders. Where code
// lies relative to other code moves a loop's time by some per cent, so launches rotate over them.
enum { WORKER_LINK_COUNT_MAX = 16 };

struct worker_links {
    char *paths[WORKER_LINK_COUNT_MAX];
    size_t count; // at least 1
};

// Finds $ESCAPEMENT_WORKER, or `worker` beside this program, with its twins. Dies when there is no
// such program.
void worker_links_init(struct worker_links *links);

void worker_links_release(struct worker_links *links);

// Fills the catalog from --list. Dies when the worker fails; exits as interrupted when a signal
// came.
void worker_list(const char *worker_path, struct catalog *catalog);

struct worker_call {
    const char *worker_path;
    const struct pair *pair;
    const char *counters; // the worker's --counters: all, software or off
    int cpu;
    int offset;
    uint64_t seed;
    double pair_seconds;
    size_t stack_pad_bytes;
    size_t environment_bytes;
    double timeout_seconds;
};

enum worker_outcome {
    WORKER_OK,
    WORKER_RETRY,       // a timeout or unusable output: another launch may do better
    WORKER_FATAL,       // killed, or the pair cannot be trusted: the run ends
    WORKER_INTERRUPTED, // a signal came for us
};

struct worker_answer {
    struct sample sample;             // valid on WORKER_OK
    json_t *context;                  // Google Benchmark's, or NULL; the caller's reference
    double elapsed_seconds;           // of the whole process
    char message[SAMPLE_ERROR_BYTES]; // why not WORKER_OK
    char errors[LAUNCH_STDERR_BYTES]; // the end of the worker's stderr
};

// Measures; fills the whole answer in every case.
enum worker_outcome worker_measure(const struct worker_call *call, struct worker_answer *answer);

#endif
