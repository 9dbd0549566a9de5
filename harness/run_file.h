// Reads the pairs.json of a finished run, and checks it as far as its readers rely on it.
#ifndef HARNESS_RUN_FILE_H
#define HARNESS_RUN_FILE_H

#include <jansson.h>

// The document of FOLDER/pairs.json as a new reference. Dies with the file's name and the line or
// the field that is not as docs/formats.md says.
json_t *run_file_read(const char *folder);

#endif
