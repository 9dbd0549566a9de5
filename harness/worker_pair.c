#include "harness/worker_pair.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/pair_sides.h"
#include "harness/worker_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// What to look for, and what was found.
struct search {
    const char *name;
    unsigned offset_bytes;
    struct worker_pair *found;
    bool is_found;
};

static void try_parameter(struct search *search, const char *workload, uint64_t parameter)
{
    char *const head = parameter ? allocate_text("%s/%" PRIu64 "/", workload, parameter)
                                 : allocate_text("%s/", workload);
    const size_t head_bytes = strlen(head);
    if (strncmp(search->name, head, head_bytes) == 0) {
        struct pair_sides sides;
        // Single operations of strategies are neither timed nor counted.
        if (pair_sides_parse(&sides, search->name + head_bytes) == PAIR_SIDES_OK &&
            !sides.by_strategy &&
            worker_table_pair(&search->found->pair, workload, &sides, search->offset_bytes)) {
            search->found->parameter = parameter;
            search->is_found = true;
        }
    }
    free(head);
}

static void try_workload(const struct workload_build *build, void *context)
{
    struct search *const search = context;
    for (size_t i = 0; i == 0 || (build->parameters[0] && build->parameters[i]); i++) {
        try_parameter(search, build->name, build->parameters[i]);
    }
}

void worker_pair_find(struct worker_pair *found, const char *option, const char *name,
                      unsigned offset_bytes)
{
    struct search search = {.name = name, .offset_bytes = offset_bytes, .found = found};
    worker_table_each(try_workload, &search);
    if (!search.is_found) {
        die("%s=%s: there is no such pair; expected a name as in short_lived/64/stack:gc", option,
            name);
    }
}
