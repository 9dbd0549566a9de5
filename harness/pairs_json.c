#include "harness/pairs_json.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "harness/environment.h"
#include "harness/interval.h"
#include "harness/libc_identity.h"
#include "harness/results.h"
#include "harness/verdict.h"
#include "harness/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One metric of a pair over the launches that have it; with offset >= 0 only over those at that
// offset. Returns how many there are; `values` has room for all launches.
static size_t collect(const struct session *session, size_t pair_index, size_t metric_index,
                      int offset, double *values)
{
    size_t count = 0;
    for (size_t launch = 0; launch < session->launches; launch++) {
        const struct sample *const sample = session_sample(session, launch, pair_index);
        ASSERT(sample->measured);
        if ((offset < 0 || sample->offset == offset) && !isnan(sample->values[metric_index])) {
            values[count++] = sample->values[metric_index];
        }
    }
    return count;
}

// The spread of all controls' ratios but those of the pair `left_out` (an index out of range leaves
// none out). *ratio_count is how many ratios that are.
static double controls_spread(const struct session *session, size_t left_out, size_t *ratio_count)
{
    const struct pair_list *const list = session->list;
    double *const ratios = allocate_zeroed(session->launches * list->control_count, sizeof *ratios);
    const size_t ratio_index = sample_metric_index("ratio");
    size_t count = 0;
    for (size_t pair = list->count - list->control_count; pair < list->count; pair++) {
        if (pair != left_out) {
            count += collect(session, pair, ratio_index, -1, ratios + count);
        }
    }
    const double spread = verdict_spread(ratios, count);
    free(ratios);
    *ratio_count = count;
    return spread;
}

static double band_of(const struct session *session, double spread)
{
    return spread > session->settings.band_floor ? spread : session->settings.band_floor;
}

static json_t *band_json(const struct session *session, double *band)
{
    size_t ratio_count = 0;
    const double spread = controls_spread(session, session->list->count, &ratio_count);
    *band = band_of(session, spread);
    char source[128];
    if (ratio_count > 0) {
        snprintf(source, sizeof source,
                 "A/A controls: 95 %% quantile of |ln ratio| over %zu launches", ratio_count);
    } else {
        snprintf(source, sizeof source, "the floor: the worker has no A/A control for this run");
    }
    return json_pack("{s:f, s:f, s:f, s:s}", "value", *band, "floor", session->settings.band_floor,
                     "measured", spread, "source", source);
}

// The offsets' part of a pair; writes their verdicts.
static json_t *offsets_json(const struct session *session, size_t pair_index, double band,
                            enum verdict *verdicts, double *values)
{
    json_t *const offsets = json_array();
    const size_t ratio_index = sample_metric_index("ratio");
    for (size_t i = 0; i < session->catalog->offset_count; i++) {
        const int offset = session->catalog->offsets[i];
        const size_t count = collect(session, pair_index, ratio_index, offset, values);
        verdicts[i] = VERDICT_INCONCLUSIVE;
        if (count == 0) {
            continue;
        }
        const struct interval ratio = interval_of(values, count);
        verdicts[i] = verdict_judge_offset(&ratio, count, band);
        json_array_append_new(offsets, json_pack("{s:i, s:I, s:f, s:f, s:f, s:s}", "offset", offset,
                                                 "launches", (json_int_t)count, "ratio",
                                                 ratio.value, "ratio_low", ratio.low, "ratio_high",
                                                 ratio.high, "verdict", verdict_text(verdicts[i])));
    }
    return offsets;
}

static json_t *metrics_json(const struct session *session, size_t pair_index, double *values)
{
    json_t *const metrics = json_object();
    for (size_t i = 0; i < sample_metric_count; i++) {
        const struct sample_metric *const metric = &sample_metrics[i];
        const size_t count = collect(session, pair_index, i, -1, values);
        if (count == 0 || strcmp(metric->name, "ratio") == 0) { // the ratio has its own place
            continue;
        }
        const struct interval interval = interval_of(values, count);
        if (!metric->source) {
            json_object_set_new(json_object_get(metrics, sample_metrics[i - 1].name),
                                "active_share", json_real(interval.value));
            continue;
        }
        json_object_set_new(metrics, metric->name,
                            json_pack("{s:f, s:f, s:f, s:s, s:s}", "value", interval.value, "low",
                                      interval.low, "high", interval.high, "unit", metric->unit,
                                      "source", metric->source));
    }
    return metrics;
}

// What side b takes longer than side a, by the difference within each launch.
static json_t *added_json(const struct session *session, size_t pair_index, double *values)
{
    const size_t a_index = sample_metric_index("a_ns"), b_index = sample_metric_index("b_ns");
    for (size_t launch = 0; launch < session->launches; launch++) {
        const struct sample *const sample = session_sample(session, launch, pair_index);
        values[launch] = sample->values[b_index] - sample->values[a_index];
    }
    const struct interval added = interval_of(values, session->launches);
    return json_pack("{s:f, s:f, s:f, s:s, s:s}", "value", added.value, "low", added.low, "high",
                     added.high, "unit", "ns/op", "source", "measured");
}

static json_t *pair_json(const struct session *session, size_t pair_index, double band,
                         enum verdict *verdict)
{
    const struct pair *const pair = &session->list->pairs[pair_index];
    double *const values = allocate_zeroed(session->launches, sizeof *values);
    enum verdict *const offset_verdicts =
        allocate_zeroed(session->catalog->offset_count, sizeof *offset_verdicts);
    char parameter[PAIR_PARAMETER_BYTES];
    pair_parameter_text(pair->workload->unit, pair->parameter, parameter);

    const size_t count = collect(session, pair_index, sample_metric_index("ratio"), -1, values);
    const struct interval ratio = interval_of(values, count);
    json_t *const offsets = offsets_json(session, pair_index, band, offset_verdicts, values);
    *verdict = verdict_combine(verdict_judge(&ratio, band), offset_verdicts,
                               session->catalog->offset_count);
    json_t *const json = json_pack(
        "{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:s, s:I, s:o, s:o}",                //
        "workload", pair->workload->name,                                                        //
        "parameter", pair->has_parameter ? json_string(parameter) : json_null(),                 //
        "parameter_value", pair->has_parameter ? json_integer(pair->parameter) : json_null(),    //
        "unit", pair->has_parameter ? pair->workload->unit : "",                                 //
        "compares", pair->by_strategy ? "strategies" : "placements", "a", pair->a, "b", pair->b, //
        "ratio", ratio.value, "ratio_low", ratio.low, "ratio_high", ratio.high,                  //
        "verdict", verdict_text(*verdict), "launches", (json_int_t)count, "offsets", offsets,    //
        "metrics", metrics_json(session, pair_index, values));
    ASSERT(json != NULL);
    json_object_set_new(json_object_get(json, "metrics"), "added_ns",
                        added_json(session, pair_index, values));
    free(offset_verdicts);
    free(values);
    return json;
}

static void append_control_note(json_t *notes, const struct pair *pair, enum verdict verdict,
                                double band)
{
    char text[384];
    if (verdict == VERDICT_INCONCLUSIVE) {
        snprintf(
            text, sizeof text,
            "control %s: its interval leaves the band of the other controls (%.2g %%); verdicts "
            "near the band deserve distrust",
            pair->name, band * 100);
    } else {
        snprintf(text, sizeof text,
                 "warning: control %s compares equal code and is called '%s': all verdicts of this "
                 "run deserve distrust",
                 pair->name, verdict_text(verdict));
    }
    json_array_append_new(notes, json_string(text));
}

// The controls, each judged against the band of the others, so that one can fail.
static json_t *controls_json(const struct session *session, json_t *notes)
{
    json_t *const controls = json_array();
    const struct pair_list *const list = session->list;
    for (size_t i = list->count - list->control_count; i < list->count; i++) {
        size_t ratio_count = 0;
        const double band = band_of(session, controls_spread(session, i, &ratio_count));
        enum verdict verdict = VERDICT_INCONCLUSIVE;
        json_t *const control = pair_json(session, i, band, &verdict);
        json_object_set_new(control, "band", json_real(band));
        json_array_append_new(controls, control);
        if (verdict != VERDICT_EQUIVALENT) {
            append_control_note(notes, &list->pairs[i], verdict, band);
        }
    }
    return controls;
}

// "gcc 12.2.0 -O2": of the flags only the level of optimisation.
static void compiler_text(const char *compiler, char *text, size_t text_bytes)
{
    const char *level = strstr(" " ESCAPEMENT_CFLAGS, " -O");
    level = level ? level + 1 : "";
    snprintf(text, text_bytes, "%s%s%.*s", compiler, *level ? " " : "", (int)strcspn(level, " "),
             level);
}

json_t *pairs_json_machine(void)
{
    char summary[ENVIRONMENT_SUMMARY_BYTES], libc[LIBC_IDENTITY_BYTES], compiler[128];
    environment_summary(summary);
    libc_identity_version(libc);
    compiler_text(ESCAPEMENT_COMPILER, compiler, sizeof compiler);
    json_t *const machine =
        json_pack("{s:s, s:s, s:s}", "summary", summary, "compiler", compiler, "libc", libc);
    if (ESCAPEMENT_COMPILER_AUTO[0]) {
        compiler_text(ESCAPEMENT_COMPILER_AUTO, compiler, sizeof compiler);
        json_object_set_new(machine, "compiler_auto", json_string(compiler));
    }
    return machine;
}

json_t *pairs_json(const struct session *session, const char *id)
{
    const struct pair_list *const list = session->list;
    char started[RESULTS_TIME_BYTES];
    results_time_text(session->started, started);
    double band = 0;
    json_t *const band_object = band_json(session, &band);
    json_t *const pairs = json_array();
    for (size_t i = 0; i < list->count - list->control_count; i++) {
        enum verdict verdict = VERDICT_INCONCLUSIVE;
        json_array_append_new(pairs, pair_json(session, i, band, &verdict));
    }
    json_t *const notes = json_deep_copy(session->notes);
    json_t *const controls = controls_json(session, notes);
    if (band > verdict_band_equivalent_max) {
        char text[192];
        snprintf(text, sizeof text,
                 "warning: equal code differed by up to %.0f %% (A/A controls): nothing is called "
                 "equivalent; measure again on a quieter machine (escapement doctor)",
                 band * 100);
        json_array_insert_new(notes, 0, json_string(text));
    }
    json_t *const document = json_pack(
        "{s:i, s:s, s:s, s:s, s:b, s:s, s:f, s:I, s:I, s:I, s:i, s:f, s:f, s:o, s:o, s:o, s:o, "
        "s:o}",
        "format", 1, "program", "escapement " ESCAPEMENT_VERSION, "id", id,               //
        "commit", ESCAPEMENT_COMMIT, "dirty", ESCAPEMENT_DIRTY, "started", started,       //
        "duration_seconds", session->duration_seconds,                                    //
        "seed", (json_int_t)session->settings.seed,                                       //
        "launches", (json_int_t)session->launches,                                        //
        "launches_failed", (json_int_t)session->launches_failed,                          //
        "cpu", session->settings.cpu, "budget_seconds", session->settings.budget_seconds, //
        "pair_seconds", session->pair_seconds, "band", band_object,                       //
        "machine", pairs_json_machine(), "notes", notes, "pairs", pairs, "controls", controls);
    ASSERT(document != NULL);
    return document;
}
