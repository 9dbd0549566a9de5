// environment.json: everything about the machine and the build that a reader of a run's figures may
// ask for. What cannot be found out is the text "unknown", never a guess.
#ifndef HARNESS_ENVIRONMENT_H
#define HARNESS_ENVIRONMENT_H

#include <jansson.h>

enum { ENVIRONMENT_HOST_BYTES = 64, ENVIRONMENT_SUMMARY_BYTES = 160 };

// What has to be looked at before the run to be known after it.
struct environment {
    int cpu;
    unsigned long long ticks, stolen_ticks; // of that core
    double load;                            // average over the last minute, before the run
};

void environment_init(struct environment *environment, int cpu);

// The object of environment.json but for "id", "started", "ended" and "seed"; measures the
// machine's costs, which takes some 50 ms. A new reference.
json_t *environment_json(const struct environment *environment);

// The host's name with everything but letters, digits and dashes made a dash: part of a folder's
// name. "unknown" when it has none.
void environment_host(char host[ENVIRONMENT_HOST_BYTES]);

// "AMD EPYC, 2 cores, KVM".
void environment_summary(char summary[ENVIRONMENT_SUMMARY_BYTES]);

#endif
