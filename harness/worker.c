#include "harness/worker.h"

#define _GNU_SOURCE // sched_setaffinity
#include "base/allocate.h"
#include "base/die.h"
#include "harness/interrupt.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// --list prints a table from memory; a worker that needs longer hangs.
static const double list_timeout_seconds = 30;

static char *first_path(void)
{
    const char *const given = getenv("ESCAPEMENT_WORKER");
    char *path = NULL;
    if (given && *given) {
        path = allocate_text("%s", given);
    } else {
        char self[PATH_MAX];
        const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
        if (length < 0) {
            die("cannot read /proc/self/exe: %s", strerror(errno));
        }
        self[length] = '\0';
        *(strrchr(self, '/') + 1) = '\0';
        path = allocate_text("%sworker", self);
    }
    if (access(path, X_OK) != 0) {
        die("cannot run the worker '%s': %s (expected beside escapement, or named by "
            "ESCAPEMENT_WORKER)",
            path, strerror(errno));
    }
    return path;
}

void worker_links_init(struct worker_links *links)
{
    *links = (struct worker_links){.paths = {first_path()}, .count = 1};
    while (links->count < WORKER_LINK_COUNT_MAX) {
        char *const path = allocate_text("%s.%zu", links->paths[0], links->count);
        if (access(path, X_OK) != 0) {
            free(path);
            return;
        }
        links->paths[links->count++] = path;
    }
}

void worker_links_release(struct worker_links *links)
{
    for (size_t i = 0; i < links->count; i++) {
        free(links->paths[i]);
    }
    *links = (struct worker_links){0};
}

void worker_list(const char *worker_path, struct catalog *catalog)
{
    const char *const arguments[] = {worker_path, "--list", NULL};
    struct launch launch;
    const int error = launch_init(&launch, arguments, 0, list_timeout_seconds);
    if (error) {
        die("cannot run the worker '%s': %s", worker_path, strerror(-error));
    }
    if (launch.interrupted) {
        fprintf(stderr, "escapement: interrupted\n");
        exit(interrupt_status());
    }
    if (launch.timed_out || !WIFEXITED(launch.wait_status) || WEXITSTATUS(launch.wait_status)) {
        char end[96];
        launch_describe_end(&launch, end, sizeof end);
        die("'%s --list': %s\n%s", worker_path, end, launch.errors);
    }
    char why[CATALOG_ERROR_BYTES];
    if (!catalog_init(catalog, launch.output, why)) {
        die("'%s --list' printed an unexpected list: %s", worker_path, why);
    }
    launch_release(&launch);
}

// The outcome of a program that ran to its end, from its output.
static enum worker_outcome judge(const struct launch *launch, const char *pair_name,
                                 struct worker_answer *answer)
{
    char end[96], why[SAMPLE_ERROR_BYTES];
    launch_describe_end(launch, end, sizeof end);
    snprintf(answer->message, sizeof answer->message, "%s", end);
    if (launch->interrupted) {
        return WORKER_INTERRUPTED;
    }
    if (launch->timed_out) {
        return WORKER_RETRY;
    }
    if (WIFSIGNALED(launch->wait_status)) {
        return WORKER_FATAL;
    }
    const int status = WEXITSTATUS(launch->wait_status);
    const enum sample_outcome outcome =
        sample_parse(&answer->sample, launch->output, pair_name, &answer->context, why);
    if (outcome == SAMPLE_REFUSED) {
        snprintf(answer->message, sizeof answer->message, "%s", why);
        return WORKER_FATAL;
    }
    if (status == 2) { // it does not know our options: the next launch would end the same
        return WORKER_FATAL;
    }
    if (status == 0 && outcome == SAMPLE_OK) {
        return WORKER_OK;
    }
    if (status == 0) {
        snprintf(answer->message, sizeof answer->message, "%s", why);
    }
    return WORKER_RETRY;
}

enum worker_outcome worker_measure(const struct worker_call *call, struct worker_answer *answer)
{
    *answer = (struct worker_answer){0};
    const struct pair *const pair = call->pair;
    char *const owned[] = {
        allocate_text("--cpu=%d", call->cpu),
        allocate_text("--seed=%" PRIu64, call->seed),
        allocate_text("--offset=%d", call->offset),
        allocate_text("--pair=%s:%s", pair->a, pair->b),
        allocate_text("--counters=%s", call->counters),
        allocate_text("--pair-seconds=%.6f", call->pair_seconds),
        allocate_text("--stack-pad=%zu", call->stack_pad_bytes),
        allocate_text("--benchmark_filter=^%s(/|$)", pair->name),
    };
    enum { OWNED_COUNT = sizeof owned / sizeof owned[0] };
    const char *arguments[OWNED_COUNT + 3] = {call->worker_path};
    for (size_t i = 0; i < OWNED_COUNT; i++) {
        arguments[i + 1] = owned[i];
    }
    arguments[OWNED_COUNT + 1] = "--benchmark_format=json";

    struct launch launch;
    const int error =
        launch_init(&launch, arguments, call->environment_bytes, call->timeout_seconds);
    enum worker_outcome outcome = WORKER_FATAL;
    if (error) {
        snprintf(answer->message, sizeof answer->message, "cannot run '%s': %s", call->worker_path,
                 strerror(-error));
    } else {
        outcome = judge(&launch, pair->name, answer);
    }
    answer->sample.offset = call->offset;
    answer->elapsed_seconds = launch.elapsed_seconds;
    memcpy(answer->errors, launch.errors, sizeof answer->errors);
    launch_release(&launch);
    for (size_t i = 0; i < OWNED_COUNT; i++) {
        free(owned[i]);
    }
    return outcome;
}
