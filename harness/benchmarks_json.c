#include "harness/benchmarks_json.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <gsl/gsl_statistics_double.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = PAIR_NAME_BYTES + 2 * PAIR_PLACEMENT_BYTES };

// Whether a pair before `pair_index` has the placement on one of its sides, at the same workload
// and parameter.
static bool is_named_before(const struct session *session, size_t pair_index, const char *placement)
{
    const struct pair *const pair = &session->list->pairs[pair_index];
    for (size_t i = 0; i < pair_index; i++) {
        const struct pair *const other = &session->list->pairs[i];
        if (other->workload == pair->workload && other->parameter == pair->parameter &&
            (strcmp(other->a, placement) == 0 || strcmp(other->b, placement) == 0)) {
            return true;
        }
    }
    return false;
}

static void side_name(const struct session *session, size_t pair_index, char side,
                      char name[NAME_BYTES])
{
    const struct pair *const pair = &session->list->pairs[pair_index];
    const char *const placement = side == 'a' ? pair->a : pair->b;
    const char *const other = side == 'a' ? pair->b : pair->a;
    const int stem_length = (int)(strrchr(pair->name, '/') - pair->name);
    if (pair_is_control(pair)) {
        snprintf(name, NAME_BYTES, "%.*s/control/%s/%c", stem_length, pair->name, placement, side);
    } else if (is_named_before(session, pair_index, placement)) {
        snprintf(name, NAME_BYTES, "%.*s/vs_%s/%s", stem_length, pair->name, other, placement);
    } else {
        snprintf(name, NAME_BYTES, "%.*s/%s", stem_length, pair->name, placement);
    }
}

static double side_value(const struct sample *sample, char side, const char *base)
{
    char name[64];
    snprintf(name, sizeof name, "%c_%s", side, base);
    return sample->values[sample_metric_index(name)];
}

// What an entry begins with, be it a repetition or an aggregate.
static json_t *entry_json(const char *name, const char *suffix, size_t family_index,
                          const char *run_type, size_t repetition_count)
{
    char full_name[NAME_BYTES + 16];
    snprintf(full_name, sizeof full_name, "%s%s", name, suffix);
    return json_pack("{s:s, s:I, s:i, s:s, s:s, s:I}", "name", full_name, "family_index",
                     (json_int_t)family_index, "per_family_instance_index", 0, "run_name", name,
                     "run_type", run_type, "repetitions", (json_int_t)repetition_count);
}

static void append_aggregate(json_t *benchmarks, const char *name, size_t family_index,
                             size_t repetition_count, const char *aggregate, double real_time,
                             double cpu_time)
{
    char suffix[16];
    snprintf(suffix, sizeof suffix, "_%s", aggregate);
    json_t *const entry = entry_json(name, suffix, family_index, "aggregate", repetition_count);
    // As Google Benchmark writes them: an aggregate's iterations are its repetitions.
    json_t *const rest =
        json_pack("{s:i, s:s, s:s, s:I, s:f, s:f, s:s}", "threads", 1, "aggregate_name", aggregate,
                  "aggregate_unit", strcmp(aggregate, "cv") == 0 ? "percentage" : "time",
                  "iterations", (json_int_t)repetition_count, "real_time", real_time, "cpu_time",
                  cpu_time, "time_unit", "ns");
    json_object_update(entry, rest);
    json_decref(rest);
    json_array_append_new(benchmarks, entry);
}

static void append_aggregates(json_t *benchmarks, const char *name, size_t family_index,
                              double *real, double *cpu, size_t count)
{
    const double real_mean = gsl_stats_mean(real, 1, count),
                 cpu_mean = gsl_stats_mean(cpu, 1, count);
    const double real_stddev = count > 1 ? gsl_stats_sd(real, 1, count) : 0;
    const double cpu_stddev = count > 1 ? gsl_stats_sd(cpu, 1, count) : 0;
    append_aggregate(benchmarks, name, family_index, count, "mean", real_mean, cpu_mean);
    append_aggregate(benchmarks, name, family_index, count, "median",
                     gsl_stats_median(real, 1, count), gsl_stats_median(cpu, 1, count));
    append_aggregate(benchmarks, name, family_index, count, "stddev", real_stddev, cpu_stddev);
    append_aggregate(benchmarks, name, family_index, count, "cv",
                     real_mean > 0 ? real_stddev / real_mean : 0,
                     cpu_mean > 0 ? cpu_stddev / cpu_mean : 0);
}

static void append_side(json_t *benchmarks, const struct session *session, size_t pair_index,
                        char side, size_t family_index)
{
    const size_t count = session->launches;
    double *const real = allocate_zeroed(count, sizeof *real);
    double *const cpu = allocate_zeroed(count, sizeof *cpu);
    char name[NAME_BYTES];
    side_name(session, pair_index, side, name);
    for (size_t launch = 0; launch < count; launch++) {
        const struct sample *const sample = session_sample(session, launch, pair_index);
        real[launch] = side_value(sample, side, "ns");
        cpu[launch] = side_value(sample, side, "cpu_ns");
        json_t *const entry = entry_json(name, "", family_index, "iteration", count);
        json_t *const rest = json_pack(
            "{s:I, s:i, s:I, s:f, s:f, s:s, s:f, s:f, s:f}", "repetition_index", (json_int_t)launch,
            "threads", 1, "iterations", (json_int_t)side_value(sample, side, "ops"), "real_time",
            real[launch], "cpu_time", cpu[launch], "time_unit", "ns", "gc_ns",
            side_value(sample, side, "gc_ns"), "allocs", side_value(sample, side, "allocs"),
            "alloc_bytes", side_value(sample, side, "alloc_bytes"));
        ASSERT(rest != NULL);
        json_object_update(entry, rest);
        json_decref(rest);
        json_array_append_new(benchmarks, entry);
    }
    append_aggregates(benchmarks, name, family_index, real, cpu, count);
    free(cpu);
    free(real);
}

json_t *benchmarks_json(const struct session *session)
{
    json_t *const benchmarks = json_array();
    for (size_t i = 0; i < session->list->count; i++) {
        append_side(benchmarks, session, i, 'a', 2 * i);
        append_side(benchmarks, session, i, 'b', 2 * i + 1);
    }
    json_t *const context = session->context ? json_incref(session->context) : json_object();
    return json_pack("{s:o, s:o}", "context", context, "benchmarks", benchmarks);
}
