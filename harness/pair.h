// A pair: one workload at one parameter value in two placements; and the list of those a run
// measures. Named WORKLOAD/PARAMETER/A:B, or WORKLOAD/A:B for a workload without parameter.
#ifndef HARNESS_PAIR_H
#define HARNESS_PAIR_H

#include "harness/catalog.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAIR_NAME_BYTES = 160, PAIR_PLACEMENT_BYTES = 32, PAIR_PARAMETER_BYTES = 48 };

struct pair {
    const struct catalog_workload *workload;
    bool has_parameter;
    int64_t parameter;
    char a[PAIR_PLACEMENT_BYTES];
    char b[PAIR_PLACEMENT_BYTES];
    char name[PAIR_NAME_BYTES];
};

// Pairs first, then the A/A controls. The catalog must outlive the list.
struct pair_list {
    struct pair *pairs;
    size_t count;         // all of them
    size_t control_count; // how many of them, at the end, are controls
};

enum { PAIR_ERROR_BYTES = 256 };

// Every workload and parameter of the catalog in every placement of `placements` ("stack:gc" or
// "stack:gc,stack:malloc") whose name matches the POSIX extended regular expression `filter` (NULL:
// all), and the controls of the placements that these use. Returns false with a message that names
// the option, and an empty list, on a wrong text, or when nothing matches.
bool pair_list_init(struct pair_list *list, const struct catalog *catalog, const char *placements,
                    const char *filter, char error[PAIR_ERROR_BYTES]);

void pair_list_release(struct pair_list *list);

// True when both sides have one placement: a control.
bool pair_is_control(const struct pair *pair);

// The parameter as people write it: "64 B", "1 KiB", "depth 6", "64 elements"; "" without one.
void pair_parameter_text(const char *unit, int64_t value, char text[PAIR_PARAMETER_BYTES]);

#endif
