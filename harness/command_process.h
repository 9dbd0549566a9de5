// `escapement process`: whole programs timed by hyperfine: merges the rounds of
// scripts/bench_process.sh into a folder's process.json, prints it, or writes its chart's data.
#ifndef HARNESS_COMMAND_PROCESS_H
#define HARNESS_COMMAND_PROCESS_H

// The arguments behind the command's name. Returns the program's exit status; dies on a user's
// error.
int command_process(int count, char *const *arguments);

#endif
