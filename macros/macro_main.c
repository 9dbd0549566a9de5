// main() of every macro program: options, the runtime, the checksum, and what the process used.
//
// Peak memory is VmHWM of /proc/self/status, not getrusage()'s ru_maxrss: that one survives exec,
// so that a small program started by a larger one reports its parent's memory. Wrapping the program
// (time -v) would put a second process into what hyperfine times.
#include "base/die.h"
#include "macros/macro.h"
#include "runtime/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 160 };

struct job {
    uint64_t size;
    struct macro_input input;
    uint64_t checksum;
};

static const char *const placement_text = MACRO_PLACEMENT;

static void run(void *arg)
{
    struct job *const job = arg;
    job->checksum = macro_run(job->size, &job->input);
}

static _Noreturn void print_help(void)
{
    printf(
        "usage: %s.%s [SIZE | --smoke | --print-input]\n\n%s\n\n"
        "  SIZE           %s, %" PRIu64 " to %" PRIu64 " (default %" PRIu64 ")\n"
        "  --smoke        SIZE %" PRIu64 ", for tests\n"
        "  --print-input  print the text that the program reads, where it reads one\n\n"
        "Prints its checksum. Appends placement, peak memory in bytes, size and checksum to the\n"
        "file that the environment variable MACRO_LOG names.\n",
        macro.name, placement_text, macro.question, macro.unit, macro.size_min, macro.size_max,
        macro.size, macro.smoke);
    exit(0);
}

static _Noreturn void print_input(void)
{
    if (!macro.prepare) {
        die("this program reads no text");
    }
    const struct macro_input input = macro.prepare();
    fwrite(input.text, 1, input.length_bytes, stdout);
    free(input.text);
    exit(0);
}

static uint64_t parse_size(const char *text)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long size = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || size < macro.size_min ||
        size > macro.size_max) {
        die("'%s': expected a size (%s) from %" PRIu64 " to %" PRIu64 ", --smoke or --help", text,
            macro.unit, macro.size_min, macro.size_max);
    }
    return size;
}

static uint64_t peak_bytes(void)
{
    FILE *const status = fopen("/proc/self/status", "re");
    char line[LINE_BYTES];
    uint64_t kib = 0;
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtoull(line + 6, NULL, 10);
        }
    }
    if (!status || kib == 0) {
        die("cannot read VmHWM in /proc/self/status");
    }
    fclose(status);
    return kib * 1024;
}

// One write, so that lines of processes that share the file stay whole.
static void append_to_log(const char *path, const struct job *job)
{
    char line[LINE_BYTES];
    const int length = snprintf(line, sizeof line, "%s\t%" PRIu64 "\t%" PRIu64 "\t%016" PRIx64 "\n",
                                placement_text, peak_bytes(), job->size, job->checksum);
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0 || write(file, line, (size_t)length) != length || close(file) != 0) {
        die("cannot write to MACRO_LOG '%s': %s", path, strerror(errno));
    }
}

int main(int argc, char **argv)
{
    die_program_name(macro.name);
    if (argc > 2) {
        die("expected at most one argument, got %d; see --help", argc - 1);
    }
    struct job job = {.size = macro.size};
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_help();
    } else if (argc == 2 && strcmp(argv[1], "--print-input") == 0) {
        print_input();
    } else if (argc == 2) {
        job.size = strcmp(argv[1], "--smoke") == 0 ? macro.smoke : parse_size(argv[1]);
    }
    if (macro.prepare) {
        job.input = macro.prepare();
    }
    PLACEMENT_BEGIN();
    // As workloads have it: a first stack on which a foreign allocator fits.
    const struct runtime_config config = {.procs = 1, .stack_bytes_min = WORKLOAD_STACK_BYTES};
    const int error = runtime_run(&config, run, &job);
    if (error) {
        die("the runtime did not start: %s", strerror(-error));
    }
    free(job.input.text);
    printf("%016" PRIx64 "\n", job.checksum);
    const char *const log = getenv("MACRO_LOG");
    if (log && *log) {
        append_to_log(log, &job);
    }
    if (fflush(stdout) != 0) {
        die("cannot write to stdout: %s", strerror(errno));
    }
    return 0;
}
