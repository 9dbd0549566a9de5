// A pair: one workload at one parameter value in two placements, or, with its objects in frames,
// under two strategies for stacks; and the list of those a run measures. Named
// WORKLOAD/PARAMETER/A:B, or WORKLOAD/A:B for a workload without parameter; A and B are two
// placements or two strategies.
#ifndef HARNESS_PAIR_H
#define HARNESS_PAIR_H

#include "harness/catalog.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAIR_NAME_BYTES = 160,
    PAIR_PLACEMENT_BYTES = 32,
    PAIR_PARAMETER_BYTES = 48,
    PAIR_ABSENT_COUNT_MAX = 8
};

struct pair {
    const struct catalog_workload *workload;
    bool has_parameter;
    bool by_strategy;
    int64_t parameter;
    char a[PAIR_PLACEMENT_BYTES];
    char b[PAIR_PLACEMENT_BYTES];
    char name[PAIR_NAME_BYTES];
};

// Pairs first, those of strategies last, then the A/A controls. The catalog must outlive the list.
struct pair_list {
    struct pair *pairs;
    size_t count;          // all of them
    size_t added_count;    // how many of them, before those, are with `auto` and nobody asked for
    size_t strategy_count; // how many of them, before the controls, compare strategies
    size_t control_count;  // how many of them, at the end, are controls
    // Placements that were asked for and whose library is not built in: their pairs are not in the
    // list.
    const struct catalog_absent *absent[PAIR_ABSENT_COUNT_MAX];
    size_t absent_count;
};

enum { PAIR_ERROR_BYTES = 256 };

// Which pairs. With neither placements nor strategies: "stack:gc"; "stack:auto" at one parameter a
// workload, its default one or else the middle one; and the first strategy against each of the
// others. Without a filter only those that workloads name for this, the default set.
struct pair_choice {
    const char *placements; // "stack:gc" or "stack:gc,stack:malloc"; NULL: none
    const char *strategies; // "contiguous:segmented" or several, likewise
    const char *filter;     // POSIX extended regular expression that names match; NULL: all
};

// Every workload and parameter of the catalog in the pairs of the choice that it can have, and the
// controls of the placements and strategies that these use. Returns false with a message that names
// the option, and an empty list, on a wrong text, or when nothing matches. Absent placements are
// noted in the list; where only those were asked for, that is an error too.
bool pair_list_init(struct pair_list *list, const struct catalog *catalog,
                    const struct pair_choice *choice, char error[PAIR_ERROR_BYTES]);

void pair_list_release(struct pair_list *list);

// True when both sides have one placement: a control.
bool pair_is_control(const struct pair *pair);

// True when one side, or both, is placement `auto`.
bool pair_has_auto(const struct pair *pair);

// The parameter as people write it: "64 B", "1 KiB", "depth 6", "64 elements"; "" without one.
void pair_parameter_text(const char *unit, int64_t value, char text[PAIR_PARAMETER_BYTES]);

#endif
