#include "harness/worker_count.h"

#include "base/die.h"
#include "harness/worker_pair.h"

#include <stdio.h>
#include <string.h>

bool worker_count_parse_side(const char *text)
{
    if (strcmp(text, "a") != 0 && strcmp(text, "b") != 0) {
        die("--count-side: '%s' is neither a nor b", text);
    }
    return *text == 'b';
}

int worker_count_run(const struct worker_count_options *options, unsigned offset_bytes)
{
    struct worker_pair found;
    worker_pair_find(&found, "--count", options->pair, offset_bytes);
    struct count_options run = options->run;
    run.parameter = found.parameter;
    struct count_result result;
    count_run(&found.pair, &run, &result);
    if (result.error[0]) {
        fprintf(stderr, "worker: %s\n", result.error);
        return 1;
    }
    printf("{\"format\": 1, \"kind\": \"count\", \"ops\": %.0f, \"collections\": %.0f, "
           "\"instrumented\": %s}\n",
           result.op_count, result.gc_count, result.instrumented ? "true" : "false");
    if (fflush(stdout) != 0 || ferror(stdout)) {
        die("cannot write to stdout");
    }
    return 0;
}
