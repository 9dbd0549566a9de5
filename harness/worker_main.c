// The worker: a Google Benchmark program in which each benchmark is one pair. One start of it is
// one launch.
#define _GNU_SOURCE // sched_setaffinity
#include "base/die.h"
#include "harness/gbench.h"
#include "harness/measure.h"
#include "harness/measure_counters.h"
#include "harness/measure_strategies.h"
#include "harness/pair_sides.h"
#include "harness/version.h"
#include "harness/worker_count.h"
#include "harness/worker_counters.h"
#include "harness/worker_latency.h"
#include "harness/worker_sites.h"
#include "harness/worker_table.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAIR_COUNT_MAX = 16, NAME_BYTES = 128 };

static const char HELP[] =
    "usage: worker [options] [Google Benchmark options]\n"
    "\n"
    "Measures pairs of placements, or of strategies for stacks, one benchmark each, once. "
    "`escapement run` starts it many\n"
    "times and judges the results.\n"
    "\n"
    "  --list               print workloads, placements, offsets and controls as JSON\n"
    "  --list-counters      print which hardware counters there are as JSON\n"
    "  --cpu=N              pin to this core\n"
    "  --seed=N             draws orientations, the first side and the data (default: the clock)\n"
    "  --offset=N           the build whose functions start 0, 16, 32 or 48 bytes into a cache\n"
    "                       line (default 0)\n"
    "  --pair=A:B           placements or strategies of a pair, repeatable (default stack:gc)\n"
    "  --pair-seconds=S     measured time of a pair (default 0.25)\n"
    "  --slice-us=N         length of a slice in microseconds (default 100)\n"
    "  --stack-pad=BYTES    move the workload's frames by this much, 0 to 4095 (default 0)\n"
    "  --counters=KIND      count after the timed slices: all (default), software or off\n"
    "  --count=PAIR         for use under callgrind: run one side of this pair, a fixed number of\n"
    "                       operations, and print how many as JSON\n"
    "  --count-side=a|b     which side that is (default a)\n"
    "  --count-ops=N        so many, or a whole period of the collector (default 500)\n"
    "  --count-warm-up=BYTES  allocated uncounted before that (default 1 MiB)\n"
    "  --sites=PAIR         run a few operations of the second side, and print where its objects\n"
    "                       are made and how many of them are in a frame, as JSON\n"
    "  --smoke              one operation a slice, two quads: for tests\n"
    "  --latency=PAIR       time each operation of this pair alone (short_lived/64/stack:gc), and\n"
    "                       print its distribution as JSON\n"
    "  --latency-ops=N      operations a side, at most (default 100000)\n"
    "  --latency-seconds=S  end earlier, after this time (default: no limit)\n"
    "  --help, --version\n"
    "\n"
    "Google Benchmark's options begin with --benchmark_; --benchmark_list_tests lists the pairs.\n";

struct worker_options {
    struct pair_sides pairs[PAIR_COUNT_MAX];
    size_t pair_count;
    unsigned offset_bytes;
    struct measure_options measure;
    enum worker_counters_kind counters;
    struct worker_latency_options latency;
    struct worker_count_options count;
    const char *sites_pair;
};

// One benchmark; kept in a list until the program ends.
struct registration {
    struct measure_pair pair;
    struct measure_options options;
    enum worker_counters_kind counters;
    struct registration *next;
};

static struct registration *registrations;
static bool failed;

// The value of "--name=VALUE", or NULL when the argument is another option.
static const char *value_of(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    const bool same = strncmp(argument, name, length) == 0 && argument[length] == '=';
    return same ? argument + length + 1 : NULL;
}

static uint64_t parse_count(const char *name, const char *text, uint64_t most)
{
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || value > most) {
        die("%s: '%s' is not a whole number from 0 to %llu", name, text, (unsigned long long)most);
    }
    return value;
}

static double parse_positive(const char *name, const char *text, double most)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end || !(value > 0) || value > most) {
        die("%s: '%s' is not a number above 0 and up to %g", name, text, most);
    }
    return value;
}

static struct pair_sides parse_pair(const char *text)
{
    struct pair_sides sides;
    switch (pair_sides_parse(&sides, text)) {
    case PAIR_SIDES_OK:
        break;
    case PAIR_SIDES_NO_PAIR:
        die("--pair=%s: expected two placements or two strategies, as in stack:gc", text);
    case PAIR_SIDES_UNKNOWN:
        die("--pair=%s: there is no such placement or strategy; --list names them", text);
    }
    for (int i = 0; i < 2 && !sides.by_strategy; i++) {
        if (!placement_is_present(sides.placements[i])) {
            die("--pair=%s: placement %s is absent: %s was not installed when this was built", text,
                placement_name(sides.placements[i]), placement_package(sides.placements[i]));
        }
    }
    return sides;
}

static void pin(const char *text)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(parse_count("--cpu", text, CPU_SETSIZE - 1), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        die("--cpu=%s: cannot run on that core: %s", text, strerror(errno));
    }
}

static unsigned parse_offset(const char *text)
{
    const unsigned offset_bytes = (unsigned)parse_count("--offset", text, 48);
    if (offset_bytes % 16) {
        die("--offset: '%s' is not 0, 16, 32 or 48", text);
    }
    return offset_bytes;
}

// Options that print something and end the program.
static void answer(const char *argument)
{
    if (strcmp(argument, "--help") == 0) {
        fputs(HELP, stdout);
    } else if (strcmp(argument, "--version") == 0) {
        version_print();
    } else if (strcmp(argument, "--list") == 0) {
        worker_table_print(stdout);
    } else if (strcmp(argument, "--list-counters") == 0) {
        worker_counters_print(stdout);
    } else {
        return;
    }
    exit(0);
}

// Takes one of the worker's own options; false when it is none.
static bool take(struct worker_options *options, const char *argument)
{
    struct measure_options *measure = &options->measure;
    const char *value;
    if (strcmp(argument, "--smoke") == 0) {
        measure->smoke = true;
    } else if ((value = value_of(argument, "--cpu"))) {
        pin(value);
    } else if ((value = value_of(argument, "--seed"))) {
        measure->seed = parse_count("--seed", value, UINT64_MAX);
    } else if ((value = value_of(argument, "--offset"))) {
        options->offset_bytes = parse_offset(value);
    } else if ((value = value_of(argument, "--pair-seconds"))) {
        measure->measured_seconds = parse_positive("--pair-seconds", value, 3600);
    } else if ((value = value_of(argument, "--slice-us"))) {
        measure->slice_seconds = parse_positive("--slice-us", value, 1e6) * 1e-6;
    } else if ((value = value_of(argument, "--stack-pad"))) {
        measure->stack_pad_bytes = parse_count("--stack-pad", value, 4095);
    } else if ((value = value_of(argument, "--latency"))) {
        options->latency.pair = value;
    } else if ((value = value_of(argument, "--latency-ops"))) {
        options->latency.op_count_max = parse_count("--latency-ops", value, UINT32_MAX);
        if (options->latency.op_count_max == 0) {
            die("--latency-ops: expected at least 1 operation, got 0");
        }
    } else if ((value = value_of(argument, "--latency-seconds"))) {
        options->latency.seconds_max = parse_positive("--latency-seconds", value, 3600);
    } else if ((value = value_of(argument, "--counters"))) {
        options->counters = worker_counters_parse(value);
    } else if ((value = value_of(argument, "--sites"))) {
        options->sites_pair = value;
    } else if ((value = value_of(argument, "--count"))) {
        options->count.pair = value;
    } else if ((value = value_of(argument, "--count-ops"))) {
        options->count.run.op_count = parse_count("--count-ops", value, 1000000000);
    } else if ((value = value_of(argument, "--count-warm-up"))) {
        options->count.run.warm_up_bytes = parse_count("--count-warm-up", value, (uint64_t)1 << 40);
    } else if ((value = value_of(argument, "--count-side"))) {
        options->count.run.side_b = worker_count_parse_side(value);
    } else if ((value = value_of(argument, "--pair"))) {
        if (options->pair_count == PAIR_COUNT_MAX) {
            die("--pair: at most %d", PAIR_COUNT_MAX);
        }
        options->pairs[options->pair_count++] = parse_pair(value);
    } else {
        return false;
    }
    return true;
}

// Reads the worker's own options and leaves Google Benchmark's in the arguments.
static void parse(struct worker_options *options, int *argument_count, char **arguments)
{
    int kept_count = 1;
    for (int i = 1; i < *argument_count; i++) {
        answer(arguments[i]);
        if (take(options, arguments[i])) {
            continue;
        }
        if (strncmp(arguments[i], "--benchmark_", 12) != 0) {
            die("unknown option '%s'; --help lists them", arguments[i]);
        }
        arguments[kept_count++] = arguments[i];
    }
    *argument_count = kept_count;
    if (options->pair_count == 0) {
        options->pairs[options->pair_count++] =
            (struct pair_sides){.placements = {PLACEMENT_STACK, PLACEMENT_GC}};
    }
}

static void set_side(struct gbench_state *state, char side, const struct measure_side *values)
{
    const struct {
        const char *name;
        double value;
    } counters[] = {
        {"ns", values->wall_ns},
        {"cpu_ns", values->cpu_ns},
        {"gc_ns", values->collector_ns},
        {"allocs", values->alloc_count},
        {"alloc_bytes", values->alloc_bytes},
        {"collections", values->gc_count},
        {"pause_max_ns", values->pause_max_ns},
        {"ops", values->op_count},
        {"memory_bytes", values->memory_bytes},
    };
    // What a workload keeps is noted only where that is what it asks about.
    const size_t count = sizeof counters / sizeof *counters - (values->memory_bytes <= 0);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%c_%s", side, counters[i].name);
        gbench_counter_set(state, name, counters[i].value);
    }
}

static void run(struct gbench_state *state, void *arg)
{
    const struct registration *registration = arg;
    struct measure_result result;
    struct measure_options options = registration->options;
    struct measure_counters counters;
    if (!registration->pair.by_strategy) {
        worker_counters_init(&counters, registration->counters, &options);
    }
    gbench_begin(state);
    if (registration->pair.by_strategy) {
        measure_strategies_run(&registration->pair, &options, &result);
    } else {
        measure_run(&registration->pair, &options, &result);
    }
    if (result.error[0]) {
        failed = true;
        gbench_fail(state, result.error);
        return;
    }
    // The time of a pair is that of its side b: what the pair asks about.
    gbench_time_set(state, result.b.wall_ns * 1e-9);
    gbench_counter_set(state, "ratio", result.ratio);
    set_side(state, 'a', &result.a);
    set_side(state, 'b', &result.b);
    gbench_counter_set(state, "quads", result.quad_count);
    gbench_counter_set(state, "a_disturbed", result.sentinel.disturbed_share[0]);
    gbench_counter_set(state, "b_disturbed", result.sentinel.disturbed_share[1]);
    gbench_counter_set(state, "sentinel_slowdown", result.sentinel.slowdown);
    gbench_counter_set(state, "steal", result.sentinel.steal_share);
    gbench_counter_set(state, "b_first", result.b_first);
    if (options.counters) {
        worker_counters_set(state, &counters);
    }
}

static void register_pair(const struct worker_options *options, const struct measure_pair *pair,
                          const struct pair_sides *sides, uint64_t parameter)
{
    struct registration *registration = calloc(1, sizeof *registration);
    if (!registration) {
        die("out of memory");
    }
    registration->pair = *pair;
    registration->options = options->measure;
    registration->options.parameter = parameter;
    registration->counters = options->counters;
    registration->next = registrations;
    registrations = registration;
    char name[NAME_BYTES], middle[32] = "";
    if (parameter) {
        snprintf(middle, sizeof middle, "/%llu", (unsigned long long)parameter);
    }
    snprintf(name, sizeof name, "%s%s/%s:%s", pair->a->name, middle, pair_sides_name(sides, 0),
             pair_sides_name(sides, 1));
    gbench_register(name, run, registration);
}

static bool is_left_out(const struct worker_options *options, const struct workload_build *build,
                        uint64_t parameter)
{
    return options->measure.smoke && build->smoke_parameter_max &&
           parameter > build->smoke_parameter_max;
}

static void register_workload(const struct workload_build *build, void *context)
{
    const struct worker_options *options = context;
    for (size_t i = 0; i < options->pair_count; i++) {
        const struct pair_sides *const sides = &options->pairs[i];
        struct measure_pair pair;
        if (!worker_table_pair(&pair, build->name, sides, options->offset_bytes)) {
            continue; // not every workload has every placement, strategies, or a twin for controls
        }
        // A workload without parameters has one pair, with parameter 0: the end of its list.
        register_pair(options, &pair, sides, build->parameters[0]);
        for (size_t p = 1; build->parameters[0] && build->parameters[p]; p++) {
            if (is_left_out(options, build, build->parameters[p])) {
                continue;
            }
            register_pair(options, &pair, sides, build->parameters[p]);
        }
    }
}

static uint64_t clock_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int main(int argument_count, char **arguments)
{
    die_program_name("worker");
    struct worker_options options = {
        .count = {.run = {.op_count = 500, .warm_up_bytes = 1 << 20}},
        .measure = {.seed = clock_seed(), .measured_seconds = 0.25, .slice_seconds = 100e-6}};
    parse(&options, &argument_count, arguments);
    if (options.count.pair) {
        if (argument_count > 1) {
            die("--count prints JSON of its own and takes no '%s'", arguments[1]);
        }
        options.count.run.seed = options.measure.seed;
        return worker_count_run(&options.count, options.offset_bytes);
    }
    if (options.sites_pair) {
        if (argument_count > 1) {
            die("--sites prints JSON of its own and takes no '%s'", arguments[1]);
        }
        return worker_sites_run(options.sites_pair, options.measure.seed);
    }
    if (options.latency.pair) {
        if (argument_count > 1) {
            die("--latency prints JSON of its own and takes no '%s'", arguments[1]);
        }
        options.latency.offset_bytes = options.offset_bytes;
        return worker_latency_run(&options.latency, &options.measure);
    }
    if (options.latency.op_count_max || options.latency.seconds_max > 0) {
        die("--latency-ops and --latency-seconds need --latency=PAIR");
    }
    gbench_initialize(&argument_count, arguments);
    if (argument_count > 1) {
        die("unknown option '%s'; --help lists them", arguments[1]);
    }
    worker_table_each(register_workload, &options);
    gbench_context_add("escapement_version", ESCAPEMENT_VERSION);
    gbench_context_add("escapement_commit", ESCAPEMENT_COMMIT);
    const size_t count = gbench_run();
    while (registrations) {
        struct registration *next = registrations->next;
        free(registrations);
        registrations = next;
    }
    return failed || count == 0;
}
