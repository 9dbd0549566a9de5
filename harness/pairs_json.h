// pairs.json: the judgement on a session. The fields are those of docs/formats.md.
#ifndef HARNESS_PAIRS_JSON_H
#define HARNESS_PAIRS_JSON_H

#include "harness/session.h"

#include <jansson.h>

// The whole document as a new reference: medians with their intervals, the band, the verdicts, and
// the session's notes with a warning for every control that is not equivalent to itself.
json_t *pairs_json(const struct session *session, const char *id);

// {"summary", "compiler", "libc"}: the machine and the build, for a chart's footer. A new
// reference.
json_t *pairs_json_machine(void);

#endif
