// The folder of a run: filled under a temporary name inside the results folder, then renamed, then
// `latest` is pointed at it. A program that ends before that leaves nothing behind.
#ifndef HARNESS_RESULTS_H
#define HARNESS_RESULTS_H

#include <jansson.h>
#include <stdio.h>
#include <time.h>

struct results {
    char *folder;  // "results", as given
    char *id;      // of the run, and the folder's name: "20261122T213000Z-host-abc1234"
    char *partial; // "results/.partial-ID"
};

// Makes the results folder where it is missing, and the temporary one in it, which also reserves
// the id. Dies when they cannot be written: call it before measuring.
void results_init(struct results *results, const char *folder, time_t started, const char *host,
                  const char *commit);

// Writes a file of the run through the callback. Dies with the file's name when that fails.
void results_write(const struct results *results, const char *name,
                   void (*write)(FILE *out, const void *data), const void *data);

// Writes a JSON document in our format.
void results_write_json(const struct results *results, const char *name, const json_t *json);

// The format of all JSON that is written: indented, reals with the digits that matter. Errors stay
// in the stream.
void results_print_json(FILE *out, const json_t *json);

// The document as a reader of its file gets it, with reals rounded to their written digits: what is
// printed from it is what a later `report` prints. A new reference.
json_t *results_as_written(const json_t *json);

// Gives the folder its name and points `latest` at it. Dies when it cannot.
void results_commit(struct results *results);

void results_release(struct results *results);

// "2026-11-22T21:30:00Z".
enum { RESULTS_TIME_BYTES = 32 };
void results_time_text(time_t time, char text[RESULTS_TIME_BYTES]);

#endif
