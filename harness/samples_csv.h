// samples.csv: every number of every launch, a row each, for whoever wants to judge by himself.
#ifndef HARNESS_SAMPLES_CSV_H
#define HARNESS_SAMPLES_CSV_H

#include <stdio.h>

// Writes the file; `session` is a const struct session *. Errors stay in the stream.
void samples_csv_write(FILE *out, const void *session);

#endif
