#include "harness/chart_counter.h"

#include "harness/chart_head.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    const char *prefix; // of a metric, behind its side
} source_rows[CHART_COUNTER_SOURCE_COUNT] = {
    [CHART_COUNTER_SIMULATED] = {"simulated", ""},
    [CHART_COUNTER_HARDWARE] = {"hardware", "hw_"},
};

const char *chart_counter_source_name(enum chart_counter_source source)
{
    return source_rows[source].name;
}

static double not_negative(double value)
{
    return isfinite(value) && value >= 0 ? value : (double)NAN;
}

// NULL when the run has not counted the event by that source.
static const json_t *metric_of(const struct chart_pair *pair, bool side_b, const char *event,
                               enum chart_counter_source source)
{
    char key[64];
    snprintf(key, sizeof key, "%c_%s%s", side_b ? 'b' : 'a', source_rows[source].prefix, event);
    const json_t *const metric = json_object_get(pair->metrics, key);
    const char *const name = chart_field_text(metric, "source", "");
    return strcmp(name, source_rows[source].name) == 0 ? metric : NULL;
}

struct chart_estimate chart_counter_read(const struct chart_pair *pair, bool side_b,
                                         const char *event, enum chart_counter_source source)
{
    const json_t *const metric = metric_of(pair, side_b, event, source);
    return (struct chart_estimate){
        .value = not_negative(chart_field_number(metric, "value")),
        .low = not_negative(chart_field_number(metric, "low")),
        .high = not_negative(chart_field_number(metric, "high")),
    };
}

double chart_counter_active_share(const struct chart_pair *pair, bool side_b, const char *event)
{
    return chart_field_number(metric_of(pair, side_b, event, CHART_COUNTER_HARDWARE),
                              "active_share");
}

// Whether `escapement doctor`, whose conditions a run keeps, was refused a hardware counter.
static bool is_refused(const json_t *run)
{
    const json_t *const conditions =
        json_object_get(json_object_get(run, "environment"), "conditions");
    for (size_t i = 0; i < json_array_size(conditions); i++) {
        const json_t *const condition = json_array_get(conditions, i);
        if (strcmp(chart_field_text(condition, "name", ""), "hardware counters") == 0) {
            return strcmp(chart_field_text(condition, "status", ""), "ok") != 0;
        }
    }
    return false;
}

void chart_counter_sources_write(FILE *out, const json_t *run,
                                 const bool sources[CHART_COUNTER_SOURCE_COUNT])
{
    if (sources[CHART_COUNTER_SIMULATED]) {
        fputs("hollow: simulated, deterministic; ", out);
    }
    if (sources[CHART_COUNTER_HARDWARE]) {
        fprintf(out, "filled: hardware, median and 95 %% interval of %d launches",
                (int)json_integer_value(json_object_get(run, "launches")));
    } else {
        fputs(is_refused(run) ? "hardware counts: not available on this machine"
                              : "no hardware counts in this run",
              out);
    }
}

void chart_counter_footer_write(FILE *out, const json_t *run,
                                const bool sources[CHART_COUNTER_SOURCE_COUNT], double active_share)
{
    chart_head_machine_write(out, run);
    const char *before = " · counts: ";
    if (sources[CHART_COUNTER_SIMULATED]) {
        fprintf(out, "%ssimulated by ", before);
        const json_t *const counters = json_object_get(run, "counters");
        chart_field_text_write(out, chart_field_text(counters, "tool", "an unknown tool"));
        fputs(" (", out);
        chart_field_text_write(out, chart_field_text(counters, "model", "unknown caches"));
        fputs(")", out);
        before = "; ";
    }
    if (sources[CHART_COUNTER_HARDWARE]) {
        fprintf(out, "%shardware, user space", before);
        if (!isnan(active_share)) {
            fprintf(out, ", active ≥ %.0f %%", floor(100 * active_share));
        }
    }
    fputc('\n', out);
}

const char *chart_counter_text(char buffer[CHART_FIELD_RATIO_BYTES], double value)
{
    const int decimals = value >= 99.5 || value == floor(value) ? 0 : value >= 9.95 ? 1 : 2;
    snprintf(buffer, CHART_FIELD_RATIO_BYTES, "%.*f", decimals, value);
    return buffer;
}
