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
};

// The texts belong to `root`, which the catalog owns.
struct catalog {
    json_t *root;
    struct catalog_workload *workloads;
    size_t workload_count;
    const char **placements;
    size_t placement_count;
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

bool catalog_has_placement(const struct catalog *catalog, const char *name, size_t name_length);

#endif
