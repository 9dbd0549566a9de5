// `escapement report`: prints a finished run again, as the table, as JSON, or as a chart's data.
#ifndef HARNESS_COMMAND_REPORT_H
#define HARNESS_COMMAND_REPORT_H

// The arguments behind the command's name. Returns the program's exit status; dies on a user's
// error.
int command_report(int count, char *const *arguments);

#endif
