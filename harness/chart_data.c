// The table is composed in memory and written at the end, so that a run that turns out to be
// unusable half way leaves nothing behind.
#include "harness/chart_data.h"

#include "base/assert.h"
#include "harness/chart_crosscheck.h"
#include "harness/chart_instructions.h"
#include "harness/chart_misses.h"
#include "harness/chart_overview.h"
#include "harness/chart_pair.h"
#include "harness/chart_percentiles.h"
#include "harness/chart_short_lived.h"
#include "harness/chart_strategies.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int chart_data_write(FILE *out, const char *chart, const json_t *run)
{
    static const struct {
        const char *name;
        int (*write)(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);
    } charts[] = {{"overview", chart_overview_write},
                  {"short_lived", chart_short_lived_write},
                  {"percentiles", chart_percentiles_write},
                  {"misses", chart_misses_write},
                  {"instructions", chart_instructions_write},
                  {"crosscheck", chart_crosscheck_write},
                  {"growth", chart_strategies_growth_write},
                  {"hot_split", chart_strategies_hot_split_write}};

    ASSERT(out);
    ASSERT(chart);
    struct chart_pair *pairs = NULL;
    size_t count = 0;
    int status = chart_pair_read_all(&pairs, &count, run);
    if (status != 0) {
        return status;
    }
    char *table = NULL;
    size_t table_bytes = 0;
    FILE *memory = open_memstream(&table, &table_bytes);
    if (!memory) {
        free(pairs);
        return -ENOMEM;
    }
    status = -EINVAL;
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++) {
        if (strcmp(chart, charts[i].name) == 0) {
            status = charts[i].write(memory, run, pairs, count);
        }
    }
    if (fclose(memory) != 0 && status == 0) {
        status = -ENOMEM;
    }
    if (status == 0 && fwrite(table, 1, table_bytes, out) != table_bytes) {
        status = -EIO;
    }
    free(table);
    free(pairs);
    return status;
}
