// Where placement `auto` agrees with the hand-placed side of its pair: by what the analyser
// decided, objects counted, and not by time.
#ifndef HARNESS_AGREEMENT_H
#define HARNESS_AGREEMENT_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

enum { AGREEMENT_LABEL_BYTES = 160 };

// Adds to a pair of pairs.json what became of the objects of one operation: `objects_per_op`, of
// which `in_frames_per_op`, and the analyser's reasons (an array of texts) for the others.
// docs/formats.md has the field.
void agreement_add(json_t *pair, double objects_per_op, double in_frames_per_op, json_t *reasons);

// A row a pair that has this, each beside what all objects on the heap cost where the run measured
// that too; then in how many of them auto agrees. Nothing when no pair has it.
void agreement_print(FILE *out, const struct display *display, const json_t *run,
                     void (*label)(const json_t *pair, char text[AGREEMENT_LABEL_BYTES]));

#endif
