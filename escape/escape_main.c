// `escape`: reads a program, analyses it, prints what it found, and writes the rewritten program.
#include "base/allocate.h"
#include "base/die.h"
#include "escape/analysis.h"
#include "escape/effects.h"
#include "escape/escape_options.h"
#include "escape/input.h"
#include "escape/report.h"
#include "escape/rewrite.h"

#include <errno.h>
#include <string.h>

static void print_report(const struct report *report, const struct escape_options *options)
{
    switch (options->format) {
    case ESCAPE_TEXT:
        report_text(report, stdout, options->verbosity > 1);
        break;
    case ESCAPE_JSON:
        report_json(report, stdout);
        break;
    case ESCAPE_SARIF:
        report_sarif(report, stdout);
        break;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        die("cannot write to stdout: %s", strerror(errno));
    }
}

// Writes the program with its objects in their places, and on stderr what was done.
static void rewrite(const struct input_unit *unit, const struct analysis *analysis,
                    const struct escape_options *options)
{
    const struct rewrite_options wanted = {.is_all_heap = options->place == ESCAPE_PLACE_HEAP,
                                           .is_checked = options->is_checked};
    struct rewrite_counts counts;
    rewrite_module(unit->module, analysis, &wanted, &counts);
    rewrite_write(unit->module, options->out_path);
    fprintf(stderr,
            "escape: '%s': %zu allocations to the stack (%zu calls of free() gone), %zu variables "
            "to the heap, %zu pointer stores with a write barrier, %zu without\n",
            options->out_path, counts.promoted_count, counts.freed_count, counts.moved_count,
            counts.barrier_count, counts.barrier_elided_count);
}

int main(int argc, char **argv)
{
    die_program_name("escape");
    struct escape_options options;
    escape_options_init(&options, argc, argv);
    struct effects *const effects = effects_new(options.effects_path);
    struct input input;
    input_init(&input, &options);
    const struct analysis_options wanted = {
        .mode = options.is_go_mode ? ANALYSIS_GO : ANALYSIS_PRECISE,
        .flows = options.verbosity > 1,
        .whole_program = options.is_whole_program,
        .implicit_bytes_max = options.implicit_bytes_max,
        .explicit_bytes_max = options.explicit_bytes_max,
    };
    struct analysis **const analyses = allocate_zeroed(input.unit_count, sizeof *analyses);
    struct report report = {.is_go_mode = options.is_go_mode};
    for (size_t i = 0; i < input.unit_count; i++) {
        analyses[i] = analysis_new(input.units[i].module, &wanted, effects);
        report_add(&report, analyses[i]);
    }
    report_sort(&report);
    if (options.verbosity > 0) {
        print_report(&report, &options);
    }
    report_release(&report);
    if (options.place != ESCAPE_PLACE_NONE && input.unit_count != 1) {
        die("--place with --per-file takes one file");
    }
    if (options.place != ESCAPE_PLACE_NONE) {
        rewrite(&input.units[0], analyses[0], &options);
    }
    for (size_t i = 0; i < input.unit_count; i++) {
        analysis_release(analyses[i]);
    }
    free(analyses);
    input_release(&input);
    effects_release(effects);
    escape_options_release(&options);
    return 0;
}
