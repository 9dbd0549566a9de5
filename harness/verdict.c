#include "harness/verdict.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[VERDICT_COUNT] = {
    [VERDICT_INCONCLUSIVE] = "inconclusive", [VERDICT_FASTER] = "faster",
    [VERDICT_EQUIVALENT] = "equivalent",     [VERDICT_SLOWER] = "slower",
    [VERDICT_LAYOUT] = "depends on layout",
};

const char *verdict_text(enum verdict verdict)
{
    ASSERT((int)verdict < VERDICT_COUNT);
    return texts[verdict];
}

int verdict_parse(const char *text)
{
    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (strcmp(text, texts[i]) == 0) {
            return i;
        }
    }
    return -1;
}

enum verdict verdict_judge(const struct interval *ratio, double band)
{
    ASSERT(band > 0);
    ASSERT(ratio->low > 0);
    const double edge_high = 1 + band, edge_low = 1 / (1 + band);
    if (ratio->low > edge_high) {
        return VERDICT_SLOWER;
    }
    if (ratio->high < edge_low) {
        return VERDICT_FASTER;
    }
    if (ratio->low >= edge_low && ratio->high <= edge_high && band <= verdict_band_equivalent_max) {
        return VERDICT_EQUIVALENT;
    }
    return VERDICT_INCONCLUSIVE;
}

enum verdict verdict_judge_offset(const struct interval *ratio, size_t launch_count, double band)
{
    if (launch_count < VERDICT_OFFSET_LAUNCHES_MIN) {
        return VERDICT_INCONCLUSIVE;
    }
    return verdict_judge(ratio, band);
}

enum verdict verdict_combine(enum verdict overall, const enum verdict *offsets, size_t offset_count)
{
    enum verdict seen = VERDICT_INCONCLUSIVE;
    for (size_t i = 0; i < offset_count; i++) {
        ASSERT(offsets[i] != VERDICT_LAYOUT);
        if (offsets[i] == VERDICT_INCONCLUSIVE) {
            continue;
        }
        if (seen != VERDICT_INCONCLUSIVE && offsets[i] != seen) {
            return VERDICT_LAYOUT;
        }
        seen = offsets[i];
    }
    return overall;
}

double verdict_spread(const double *ratios, size_t count)
{
    if (count == 0) {
        return 0;
    }
    double *const distances = allocate_zeroed(count, sizeof *distances);
    for (size_t i = 0; i < count; i++) {
        ASSERT(ratios[i] > 0);
        distances[i] = fabs(log(ratios[i]));
    }
    const double quantile = interval_quantile(distances, count, 0.95);
    free(distances);
    return expm1(quantile);
}
