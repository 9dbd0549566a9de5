// The data of the chart `process`: time and peak memory of whole programs. The head lines are those
// of harness/chart_data.h without a band; a line a program and placement, in the order of the rows:
//     row, program, series (stack, gc or malloc)
//     seconds, seconds_low, seconds_high, time_text ("282 ms, 3.3×")
//     mib, mib_low, mib_high, memory_text ("8.1 MiB, 1.9×")
#ifndef HARNESS_CHART_PROCESS_H
#define HARNESS_CHART_PROCESS_H

#include <jansson.h>
#include <stdio.h>

// `document` as process_json_read() gives it. Errors stay in the stream.
void chart_process_write(FILE *out, const json_t *document);

#endif
