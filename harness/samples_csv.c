#include "harness/samples_csv.h"

#include "harness/session.h"

#include <inttypes.h>
#include <math.h>

// No field needs quotes: names of workloads, placements and metrics are identifiers.
void samples_csv_write(FILE *out, const void *data)
{
    const struct session *const session = data;
    fputs("launch,offset,link,first,workload,parameter,pair,placement,side,metric,unit,value\n",
          out);
    for (size_t launch = 0; launch < session->launches; launch++) {
        for (size_t index = 0; index < session->list->count; index++) {
            const struct pair *const pair = &session->list->pairs[index];
            const struct sample *const sample = session_sample(session, launch, index);
            char parameter[32] = "";
            if (pair->has_parameter) {
                snprintf(parameter, sizeof parameter, "%" PRId64, pair->parameter);
            }
            for (size_t i = 0; i < sample_metric_count; i++) {
                const struct sample_metric *const metric = &sample_metrics[i];
                if (isnan(sample->values[i])) { // an event that this machine does not count
                    continue;
                }
                fprintf(out, "%zu,%d,%d,%c,%s,%s,%s:%s,", launch + 1, sample->offset, sample->link,
                        sample->b_first ? 'b' : 'a', pair->workload->name, parameter, pair->a,
                        pair->b);
                if (metric->side) {
                    fprintf(out, "%s,%c,", metric->side == 'a' ? pair->a : pair->b, metric->side);
                } else {
                    fprintf(out, "%s:%s,,", pair->a, pair->b);
                }
                fprintf(out, "%s,%s,%.10g\n", metric->base, metric->unit, sample->values[i]);
            }
        }
    }
}
