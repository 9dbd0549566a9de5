// `escapement run`: measures, judges, writes the run's folder and prints the table.
#ifndef HARNESS_COMMAND_RUN_H
#define HARNESS_COMMAND_RUN_H

// The arguments behind the command's name. Returns the program's exit status: 0, 1 after a failed
// launch, 128 + the signal after an interrupt; dies (2) on a user's error.
int command_run(int count, char *const *arguments);

#endif
