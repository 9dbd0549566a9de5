#include "harness/chart_head.h"

#include <math.h>

void chart_head_launches_write(FILE *out, const struct chart_pair *pairs, size_t count)
{
    int low = count ? pairs[0].launches_count : 0;
    int high = low;
    for (size_t i = 0; i < count; i++) {
        low = pairs[i].launches_count < low ? pairs[i].launches_count : low;
        high = pairs[i].launches_count > high ? pairs[i].launches_count : high;
    }
    if (low != high) {
        fprintf(out, "%d–", low);
    }
    fprintf(out, "%d %s", high, high == 1 ? "launch" : "launches");
}

void chart_head_within_write(FILE *out, const json_t *run)
{
    const double percent = 100 * chart_field_number(json_object_get(run, "band"), "value");
    if (!isnan(percent)) {
        fprintf(out, percent < 10 ? "within %.1f %%" : "within %.0f %%", percent);
    }
}

void chart_head_machine_write(FILE *out, const json_t *run)
{
    const json_t *machine = json_object_get(run, "machine");
    fputs("# footer\t", out);
    chart_field_text_write(out, chart_field_text(machine, "summary", "unknown machine"));
    fputs(" · ", out);
    chart_field_text_write(out, chart_field_text(machine, "compiler", "unknown compiler"));
    fputs(" · ", out);
    chart_field_text_write(out, chart_field_text(machine, "libc", "unknown libc"));
    fputs(" · commit ", out);
    chart_field_text_write(out, chart_field_text(run, "commit", "unknown"));
    fputs(json_is_true(json_object_get(run, "dirty")) ? " with changes" : "", out);
}

void chart_head_footer_write(FILE *out, const json_t *run)
{
    chart_head_machine_write(out, run);
    const int launches = (int)json_integer_value(json_object_get(run, "launches"));
    const int failed = (int)json_integer_value(json_object_get(run, "launches_failed"));
    fprintf(out, " · %d %s", launches, launches == 1 ? "launch" : "launches");
    if (failed > 0) {
        fprintf(out, ", %d failed", failed);
    }
    fputs(" · time: clock_gettime\n", out);
}

void chart_head_end_write(FILE *out, const json_t *run)
{
    const double band = chart_field_number(json_object_get(run, "band"), "value");
    if (!isnan(band)) {
        fprintf(out, "; shaded: equivalent, ±%.1f %%", 100 * band);
    }
    fputc('\n', out);
    chart_head_footer_write(out, run);
    fputs("# band_low", out);
    chart_field_number_write(out, 1 / (1 + band)); // as verdict_judge() has it
    fputs("\n# band_high", out);
    chart_field_number_write(out, 1 + band);
    fputc('\n', out);
}
