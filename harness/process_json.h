// process.json: what whole programs took in each placement, merged from hyperfine's rounds.
#ifndef HARNESS_PROCESS_JSON_H
#define HARNESS_PROCESS_JSON_H

#include <jansson.h>
#include <stdint.h>

struct process_plan {
    const char *raw_folder; // as harness/process_raw.h has it
    const char *programs;   // separated by commas
    const char *hyperfine;  // its version
    int round_count;
    int cpu;
    uint64_t seed;
    double duration_seconds;
};

// The document (docs/formats.md). A new reference; dies as process_raw_read() does, or when a
// program has no placement `stack`.
json_t *process_json(const struct process_plan *plan);

// The document of FOLDER/process.json. Dies with what is wrong with it.
json_t *process_json_read(const char *folder);

#endif
