#include "harness/chart_field.h"

#include <math.h>

double chart_field_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

const char *chart_field_text(const json_t *object, const char *key, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : otherwise;
}

double chart_field_positive(double value)
{
    return isfinite(value) && value > 0 ? value : (double)NAN;
}

struct chart_estimate chart_field_estimate(const json_t *object, const char *value, const char *low,
                                           const char *high)
{
    return (struct chart_estimate){
        .value = chart_field_positive(chart_field_number(object, value)),
        .low = chart_field_positive(chart_field_number(object, low)),
        .high = chart_field_positive(chart_field_number(object, high)),
    };
}

// Three figures below 2×, where the verdict hangs on them; two up to 10×, whole numbers above.
const char *chart_field_ratio(char buffer[CHART_FIELD_RATIO_BYTES], double ratio)
{
    if (isnan(ratio)) {
        return "";
    }
    const int decimals = ratio < 0.0995 ? 3 : ratio < 1.995 ? 2 : ratio < 9.95 ? 1 : 0;
    snprintf(buffer, CHART_FIELD_RATIO_BYTES, "%.*f×", decimals, ratio);
    return buffer;
}

// Text from outside must not end a field or a line.
void chart_field_text_write(FILE *out, const char *value)
{
    for (; *value; value++) {
        fputc((unsigned char)*value < ' ' || *value == 0x7f ? ' ' : *value, out);
    }
}

void chart_field_number_write(FILE *out, double value)
{
    if (isnan(value)) {
        fputc('\t', out);
    } else {
        fprintf(out, "\t%.6g", value);
    }
}

void chart_field_estimate_write(FILE *out, const struct chart_estimate *estimate)
{
    chart_field_number_write(out, estimate->value);
    chart_field_number_write(out, estimate->low);
    chart_field_number_write(out, estimate->high);
}
