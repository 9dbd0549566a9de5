#define _GNU_SOURCE // popen
#include "harness/probe_tools.h"

#include "harness/version.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// The Makefile says which were there; they are linked into the worker that was built with this.
static void probe_allocators(struct condition_list *list)
{
    const char *const absent = ESCAPEMENT_ABSENT;
    condition_add(list, CONDITION_TOOLS, "other allocators",
                  *absent ? CONDITION_WARN : CONDITION_OK,
                  "no placement of that name without it: apt-get install libgc-dev "
                  "libmimalloc-dev libjemalloc-dev, and build again",
                  *absent ? "absent: %s" : "boehm, mimalloc, jemalloc%s", absent);
}

void probe_tools(struct condition_list *list)
{
    static const struct {
        const char *name, *command, *advice;
    } tools[] = {
        {"valgrind", "valgrind --version 2>/dev/null",
         "no simulated counters without it: apt-get install valgrind"},
        {"gnuplot", "gnuplot --version 2>/dev/null",
         "no charts without it: apt-get install gnuplot-nox"},
        {"hyperfine", "hyperfine --version 2>/dev/null",
         "no timing of whole processes without it: apt-get install hyperfine"},
    };
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        char line[64] = "";
        FILE *const output = popen(tools[i].command, "re");
        const bool answered = output && fgets(line, sizeof line, output);
        const bool present = output && pclose(output) == 0 && answered;
        line[strcspn(line, "\n")] = '\0';
        // "valgrind-3.19.0", "gnuplot 5.4 patchlevel 4": the name is in the first column already.
        const size_t name_length = strlen(tools[i].name);
        const bool has_name = strncmp(line, tools[i].name, name_length) == 0;
        condition_add(list, CONDITION_TOOLS, tools[i].name, present ? CONDITION_OK : CONDITION_WARN,
                      tools[i].advice, "%s",
                      !present                                 ? "not found"
                      : has_name && strlen(line) > name_length ? line + name_length + 1
                                                               : line);
    }
    probe_allocators(list);
}
