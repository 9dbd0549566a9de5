#include "harness/results.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Ten digits: more than any figure here is worth, and 1.02 stays 1.02.
static const size_t json_flags = JSON_INDENT(2) | JSON_REAL_PRECISION(10);

// mkdir -p.
static void make_folders(const char *path)
{
    char *const part = allocate_text("%s", path);
    for (char *at = part + 1;; at++) {
        if (*at != '/' && *at != '\0') {
            continue;
        }
        const char end = *at;
        *at = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            die("cannot make the results folder '%s': %s", part, strerror(errno));
        }
        *at = end;
        if (end == '\0') {
            break;
        }
    }
    free(part);
}

// Whether nobody has the id: neither a finished run nor one that is going on.
static bool reserve(struct results *results, const char *id)
{
    char *const final = allocate_text("%s/%s", results->folder, id);
    struct stat status;
    const bool is_free = lstat(final, &status) != 0;
    free(final);
    free(results->partial);
    results->partial = allocate_text("%s/.partial-%s", results->folder, id);
    if (!is_free) {
        return false;
    }
    if (mkdir(results->partial, 0777) == 0) {
        return true;
    }
    if (errno != EEXIST) {
        die("cannot write to the results folder '%s': %s", results->folder, strerror(errno));
    }
    return false;
}

void results_init(struct results *results, const char *folder, time_t started, const char *host,
                  const char *commit)
{
    *results = (struct results){.folder = allocate_text("%s", folder)};
    size_t length = strlen(results->folder);
    while (length > 1 && results->folder[length - 1] == '/') {
        results->folder[--length] = '\0';
    }
    make_folders(results->folder);
    struct tm utc;
    char stamp[RESULTS_TIME_BYTES];
    gmtime_r(&started, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    results->id = allocate_text("%s-%s-%s", stamp, host, commit);
    for (int number = 2; !reserve(results, results->id); number++) {
        free(results->id);
        results->id = allocate_text("%s-%s-%s-%d", stamp, host, commit, number);
    }
    cleanup_add(results->partial);
}

void results_write(const struct results *results, const char *name,
                   void (*write)(FILE *out, const void *data), const void *data)
{
    char *const path = allocate_text("%s/%s", results->partial, name);
    FILE *const out = fopen(path, "we");
    bool good = out != NULL;
    int error = errno;
    if (out) {
        errno = 0;
        write(out, data);
        good = fflush(out) == 0 && !ferror(out);
        error = errno;
        if (fclose(out) != 0 && good) {
            good = false;
            error = errno;
        }
    }
    if (!good) {
        die("cannot write '%s/%s/%s': %s", results->folder, results->id, name,
            error ? strerror(error) : "a write failed");
    }
    free(path);
}

void results_print_json(FILE *out, const json_t *json)
{
    json_dumpf(json, out, json_flags);
    fputc('\n', out);
}

json_t *results_as_written(const json_t *json)
{
    char *const text = json_dumps(json, json_flags);
    json_t *const read_back = text ? json_loads(text, 0, NULL) : NULL;
    if (!read_back) {
        die("out of memory for the results");
    }
    free(text);
    return read_back;
}

static void write_json(FILE *out, const void *data)
{
    results_print_json(out, data);
}

void results_write_json(const struct results *results, const char *name, const json_t *json)
{
    results_write(results, name, write_json, json);
}

void results_commit(struct results *results)
{
    char *const final = allocate_text("%s/%s", results->folder, results->id);
    char *const latest = allocate_text("%s/latest", results->folder);
    char *const link = allocate_text("%s/.latest-%s", results->folder, results->id);
    if (rename(results->partial, final) != 0) {
        die("cannot rename '%s' to '%s': %s", results->partial, final, strerror(errno));
    }
    cleanup_forget(results->partial);
    if (symlink(results->id, link) != 0 || rename(link, latest) != 0) {
        const int error = errno;
        unlink(link);
        die("the run is in '%s', but '%s' cannot be pointed at it: %s", final, latest,
            strerror(error));
    }
    free(link);
    free(latest);
    free(final);
}

void results_release(struct results *results)
{
    free(results->folder);
    free(results->id);
    free(results->partial);
    *results = (struct results){0};
}

void results_time_text(time_t time, char text[RESULTS_TIME_BYTES])
{
    struct tm utc;
    gmtime_r(&time, &utc);
    strftime(text, RESULTS_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
