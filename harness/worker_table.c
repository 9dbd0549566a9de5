#include "harness/worker_table.h"

#include <string.h>

static const unsigned OFFSETS[] = {0, 16, 32, 48};

// Set by the linker around the section of this name.
extern const struct workload_build *const __start_workload_builds[];
extern const struct workload_build *const __stop_workload_builds[];

const struct workload_build *const *worker_table_builds(size_t *build_count)
{
    *build_count = (size_t)(__stop_workload_builds - __start_workload_builds);
    return __start_workload_builds;
}

static const struct workload_build *find(const char *workload, enum placement placement,
                                         unsigned offset_bytes, enum workload_copy copy)
{
    size_t build_count;
    const struct workload_build *const *builds = worker_table_builds(&build_count);
    for (size_t i = 0; i < build_count; i++) {
        if (strcmp(builds[i]->name, workload) == 0 && builds[i]->placement == placement &&
            builds[i]->offset_bytes == offset_bytes && builds[i]->copy == copy) {
            return builds[i];
        }
    }
    return NULL;
}

bool worker_table_pair(struct measure_pair *pair, const char *workload, enum placement a,
                       enum placement b, unsigned offset_bytes)
{
    *pair = (struct measure_pair){
        .a = find(workload, a, offset_bytes, WORKLOAD_TIMED),
        .b = find(workload, b, offset_bytes, a == b ? WORKLOAD_TWIN : WORKLOAD_TIMED),
        .a_noted = find(workload, a, 0, WORKLOAD_NOTED),
        .b_noted = find(workload, b, 0, WORKLOAD_NOTED),
    };
    return pair->a && pair->b && pair->a_noted && pair->b_noted;
}

void worker_table_each(void (*visit)(const struct workload_build *build, void *context),
                       void *context)
{
    size_t build_count;
    const struct workload_build *const *builds = worker_table_builds(&build_count);
    for (size_t i = 0; i < build_count; i++) {
        size_t first = 0;
        while (strcmp(builds[first]->name, builds[i]->name) != 0) {
            first++;
        }
        if (first == i) {
            visit(builds[i], context);
        }
    }
}

struct printer {
    FILE *out;
    const char *separator;
};

static void print_workload(const struct workload_build *build, void *context)
{
    struct printer *printer = context;
    fprintf(printer->out,
            "%s\n    {\"name\": \"%s\", \"question\": \"%s\",\n     \"operation\": \"%s\", "
            "\"unit\": \"%s\", "
            "\"parameters\": [",
            printer->separator, build->name, build->question, build->operation,
            build->unit ? build->unit : "");
    for (size_t i = 0; build->parameters[i]; i++) {
        fprintf(printer->out, "%s%llu", i ? ", " : "", (unsigned long long)build->parameters[i]);
    }
    fprintf(printer->out, "]}");
    printer->separator = ",";
}

static void print_controls(const struct workload_build *build, void *context)
{
    struct printer *printer = context;
    for (enum placement placement = 0; placement < PLACEMENT_COUNT; placement++) {
        struct measure_pair pair;
        if (build->control_parameter &&
            worker_table_pair(&pair, build->name, placement, placement, 0)) {
            fprintf(printer->out, "%s\"%s/%llu/%s:%s\"", printer->separator, build->name,
                    (unsigned long long)build->control_parameter, placement_name(placement),
                    placement_name(placement));
            printer->separator = ", ";
        }
    }
}

void worker_table_print(FILE *out)
{
    struct printer printer = {.out = out, .separator = ""};
    fprintf(out, "{\"workloads\": [");
    worker_table_each(print_workload, &printer);
    fprintf(out, "\n ],\n \"placements\": [");
    for (enum placement placement = 0; placement < PLACEMENT_COUNT; placement++) {
        fprintf(out, "%s\"%s\"", placement ? ", " : "", placement_name(placement));
    }
    fprintf(out, "],\n \"offsets\": [");
    for (size_t i = 0; i < sizeof OFFSETS / sizeof *OFFSETS; i++) {
        fprintf(out, "%s%u", i ? ", " : "", OFFSETS[i]);
    }
    fprintf(out, "],\n \"controls\": [");
    printer.separator = "";
    worker_table_each(print_controls, &printer);
    fprintf(out, "]}\n");
}
