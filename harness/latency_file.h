// Reads the latency.json of a finished run, which a run need not have.
#ifndef HARNESS_LATENCY_FILE_H
#define HARNESS_LATENCY_FILE_H

#include <jansson.h>

// Adds the document of FOLDER/latency.json to the run's as "latency"; a run without the file stays
// as it is. Dies with the file's name and what is wrong when it is damaged.
void latency_file_attach(json_t *run, const char *folder);

#endif
