// What the worker can measure, as its --list says.
#ifndef HARNESS_CATALOG_H
#define HARNESS_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog_workload {
    const char *name;
    const char *question;  // what the workload is there to answer
    const char *operation; // what is counted as one operation
    const char *unit;      // of the parameter: "B", "depth", "elements", ...; "" without one
    int64_t *parameters;   // NULL for a workload without parameter
    size_t parameter_count;
    const json_t *placements; // names of those it was built in; NULL: all
    bool has_strategies;      // its sides may be strategies for stacks
    // Of a run without a choice: whether it measures placements, and strategies, at which
    // parameter.
    bool default_placements;
    bool default_strategies;
    int64_t default_parameter; // 0: at all of them
};

// A placement whose library was not there when the worker was built.
struct catalog_absent {
    const char *placement;
    const char *package; // Debian's
};

// The texts belong to `root`, which the catalog owns.
struct catalog {
    json_t *root;
    struct catalog_workload *workloads;
    size_t workload_count;
    const char **placements;
    size_t placement_count;
    const char **matched; // placements that the compiler of placement `auto` has built as well
    size_t matched_count;
    const char **strategies; // for stacks; none with a worker that does not list them
    size_t strategy_count;
    struct catalog_absent *absent;
    size_t absent_count;
    int *offsets; // of the timed loop inside its 64-byte line
    size_t offset_count;
    const char **controls; // names of A/A pairs: "tree/6/gc:gc"
    size_t control_count;
};

enum { CATALOG_ERROR_BYTES = 256 };

// Reads the text of --list. Returns false with a message, and an empty catalog, when the text is
// not as expected.
bool catalog_init(struct catalog *catalog, const char *text, char error[CATALOG_ERROR_BYTES]);

void catalog_release(struct catalog *catalog);

// The workload of that name, or NULL.
const struct catalog_workload *catalog_find(const struct catalog *catalog, const char *name,
                                            size_t name_length);

// The absent placement of that name, or NULL.
const struct catalog_absent *catalog_find_absent(const struct catalog *catalog, const char *name,
                                                 size_t name_length);

bool catalog_has_placement(const struct catalog *catalog, const char *name, size_t name_length);
bool catalog_is_matched(const struct catalog *catalog, const char *name);
bool catalog_has_strategy(const struct catalog *catalog, const char *name, size_t name_length);

// Whether the workload was built in that placement.
bool catalog_workload_has(const struct catalog_workload *workload, const char *placement);

#endif
