// Reads the environment.json of a finished run.
#ifndef HARNESS_ENVIRONMENT_FILE_H
#define HARNESS_ENVIRONMENT_FILE_H

#include <jansson.h>

// Adds the document of FOLDER/environment.json to the run's as "environment"; a run without the
// file stays as it is. Dies with the file's name and what is wrong when it is damaged.
void environment_file_attach(json_t *run, const char *folder);

#endif
