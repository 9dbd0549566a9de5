// The values of a chart's table: taken out of the JSON of pairs.json, and written as its fields. A
// number the run does not have is NAN here, an empty field there.
#ifndef HARNESS_CHART_FIELD_H
#define HARNESS_CHART_FIELD_H

#include <jansson.h>
#include <stdio.h>

enum { CHART_FIELD_RATIO_BYTES = 32 };

// A value and its interval, each for a log axis: greater than 0, or NAN.
struct chart_estimate {
    double value;
    double low;
    double high;
};

// The member `key` of `object`; NAN or `otherwise` when it is missing or of another type. `object`
// may be NULL; the string lives as long as the run.
double chart_field_number(const json_t *object, const char *key);
const char *chart_field_text(const json_t *object, const char *key, const char *otherwise);

// `value` when a log axis can show it, else NAN.
double chart_field_positive(double value);

// The members with these three keys.
struct chart_estimate chart_field_estimate(const json_t *object, const char *value, const char *low,
                                           const char *high);

// "20×", in figures that suit the ratio; "" for NAN. Returns `buffer` or a constant.
const char *chart_field_ratio(char buffer[CHART_FIELD_RATIO_BYTES], double ratio);

// Write a string with its control characters as spaces; a tab and a number; a tab and a number
// three times. Errors stay in the stream.
void chart_field_text_write(FILE *out, const char *value);
void chart_field_number_write(FILE *out, double value);
void chart_field_estimate_write(FILE *out, const struct chart_estimate *estimate);

#endif
