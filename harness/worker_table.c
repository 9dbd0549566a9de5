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

// The build of a side that is timed. Beside `auto` it comes from the compiler of `auto`, where
// there is such a build: else the pair would compare compilers as well.
static const struct workload_build *find_timed(const char *workload, enum placement placement,
                                               enum placement beside, unsigned offset_bytes)
{
    const struct workload_build *const matched =
        beside == PLACEMENT_AUTO && placement != PLACEMENT_AUTO
            ? find(workload, placement, offset_bytes, WORKLOAD_MATCHED)
            : NULL;
    return matched ? matched : find(workload, placement, offset_bytes, WORKLOAD_TIMED);
}

bool worker_table_pair(struct measure_pair *pair, const char *workload,
                       const struct pair_sides *sides, unsigned offset_bytes)
{
    const enum placement a = sides->placements[0], b = sides->placements[1];
    // Strategies are compared on one build: nothing differs but the strategy.
    const bool twin = a == b && !sides->by_strategy;
    *pair = (struct measure_pair){
        .a = find_timed(workload, a, b, offset_bytes),
        .b = twin ? find(workload, b, offset_bytes, WORKLOAD_TWIN)
                  : find_timed(workload, b, a, offset_bytes),
        .a_noted = find(workload, a, 0, WORKLOAD_NOTED),
        .b_noted = find(workload, b, 0, WORKLOAD_NOTED),
        .by_strategy = sides->by_strategy,
        .strategies = {sides->strategies[0], sides->strategies[1]},
    };
    return pair->a && pair->b && pair->a_noted && pair->b_noted &&
           (!sides->by_strategy || pair->a->by_strategy);
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
    bool is_available[STRATEGY_COUNT];
};

// Whether any workload is.
static bool is_built(enum placement placement, enum workload_copy copy)
{
    size_t build_count;
    const struct workload_build *const *builds = worker_table_builds(&build_count);
    size_t i = 0;
    while (i < build_count && (builds[i]->placement != placement || builds[i]->copy != copy)) {
        i++;
    }
    return i < build_count;
}

// Of one workload, or of any, in builds for this purpose.
static void print_placements(FILE *out, const char *workload, enum workload_copy copy)
{
    const char *separator = "";
    for (enum placement placement = 0; placement < PLACEMENT_COUNT; placement++) {
        if (workload ? find(workload, placement, 0, copy) != NULL : is_built(placement, copy)) {
            fprintf(out, "%s\"%s\"", separator, placement_name(placement));
            separator = ", ";
        }
    }
}

static void print_absent(FILE *out)
{
    const char *separator = "";
    for (enum placement placement = 0; placement < PLACEMENT_COUNT; placement++) {
        if (!placement_is_present(placement)) {
            fprintf(out, "%s{\"placement\": \"%s\", \"package\": \"%s\"}", separator,
                    placement_name(placement), placement_package(placement));
            separator = ", ";
        }
    }
}

static void print_strategies(const struct printer *printer)
{
    const char *separator = "";
    for (int i = 0; i < STRATEGY_COUNT; i++) {
        if (printer->is_available[i]) {
            fprintf(printer->out, "%s\"%s\"", separator, strategy_name((enum stack_strategy)i));
            separator = ", ";
        }
    }
}

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
    fprintf(printer->out, "],\n     \"placements\": [");
    print_placements(printer->out, build->name, WORKLOAD_TIMED);
    fprintf(printer->out, "], \"strategies\": [");
    if (build->by_strategy) {
        print_strategies(printer);
    }
    static const char *const defaults[] = {
        [WORKLOAD_DEFAULT_PLACEMENTS] = "placements",
        [WORKLOAD_DEFAULT_ALL] = "all",
        [WORKLOAD_DEFAULT_NONE] = "none",
    };
    fprintf(printer->out, "],\n     \"default_pairs\": \"%s\"", defaults[build->default_pairs]);
    if (build->default_parameter) {
        fprintf(printer->out, ", \"default_parameter\": %llu",
                (unsigned long long)build->default_parameter);
    }
    fprintf(printer->out, "}");
    printer->separator = ",";
}

static void print_control(struct printer *printer, const struct workload_build *build,
                          uint64_t parameter, const struct pair_sides *sides)
{
    struct measure_pair pair;
    if (parameter && worker_table_pair(&pair, build->name, sides, 0)) {
        fprintf(printer->out, "%s\"%s/%llu/%s:%s\"", printer->separator, build->name,
                (unsigned long long)parameter, pair_sides_name(sides, 0),
                pair_sides_name(sides, 1));
        printer->separator = ", ";
    }
}

static void print_controls(const struct workload_build *build, void *context)
{
    struct printer *printer = context;
    for (enum placement placement = 0; placement < PLACEMENT_COUNT; placement++) {
        const struct pair_sides sides = {.placements = {placement, placement}};
        print_control(printer, build, build->control_parameter, &sides);
    }
    for (int i = 0; i < STRATEGY_COUNT; i++) {
        const enum stack_strategy strategy = (enum stack_strategy)i;
        const struct pair_sides sides = {.by_strategy = true, .strategies = {strategy, strategy}};
        if (printer->is_available[i]) {
            print_control(printer, build, build->strategy_control_parameter, &sides);
        }
    }
}

void worker_table_print(FILE *out)
{
    struct printer printer = {.out = out, .separator = ""};
    for (int i = 0; i < STRATEGY_COUNT; i++) {
        printer.is_available[i] = strategy_is_available((enum stack_strategy)i);
    }
    fprintf(out, "{\"workloads\": [");
    worker_table_each(print_workload, &printer);
    fprintf(out, "\n ],\n \"placements\": [");
    print_placements(out, NULL, WORKLOAD_TIMED);
    fprintf(out, "],\n \"matched\": [");
    print_placements(out, NULL, WORKLOAD_MATCHED);
    fprintf(out, "],\n \"absent\": [");
    print_absent(out);
    fprintf(out, "],\n \"strategies\": [");
    print_strategies(&printer);
    fprintf(out, "],\n \"offsets\": [");
    for (size_t i = 0; i < sizeof OFFSETS / sizeof *OFFSETS; i++) {
        fprintf(out, "%s%u", i ? ", " : "", OFFSETS[i]);
    }
    fprintf(out, "],\n \"controls\": [");
    printer.separator = "";
    worker_table_each(print_controls, &printer);
    fprintf(out, "]}\n");
}
