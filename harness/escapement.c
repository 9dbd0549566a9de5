// The command people use: finds the subcommand and hands the rest over.
#include "base/die.h"
#include "harness/command_doctor.h"
#include "harness/command_list.h"
#include "harness/command_process.h"
#include "harness/command_report.h"
#include "harness/command_run.h"
#include "harness/version.h"

#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int count, char *const *arguments);
    const char *summary;
} commands[] = {
    {"list", command_list, "what can be measured"},
    {"run", command_run, "measure pairs, judge them, write a results folder"},
    {"report", command_report, "print a finished run again"},
    {"doctor", command_doctor, "what disturbs measurements on this machine"},
    {"process", command_process, "merge and print timings of whole programs"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fputs("usage: escapement COMMAND [options]\n\n"
          "Measures what putting a value on the heap costs against keeping it on the stack.\n\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    }
    fputs("\n'escapement COMMAND --help' lists a command's options.\n", out);
}

// What is still in stdout's buffer may find a full disk or a closed pipe.
static int finish_stdout(int status)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno == EPIPE) { // the reader had enough: no error of ours
            return status;
        }
        fprintf(stderr, "escapement: cannot write to stdout: %s\n",
                errno ? strerror(errno) : "a write failed");
        return 2;
    }
    return status;
}

int main(int argc, char **argv)
{
    die_program_name("escapement");
    setlocale(LC_CTYPE, ""); // numbers stay in the C locale: they are read by programs
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return finish_stdout(0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        version_print();
        return finish_stdout(0);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return finish_stdout(commands[i].run(argc - 2, argv + 2));
        }
    }
    if (argv[1][0] == '-') {
        die("unknown option '%s'; see 'escapement --help'", argv[1]);
    }
    die("unknown command '%s'; expected list, run, report, doctor or process", argv[1]);
}
