// `escapement list`: what can be measured.
#ifndef HARNESS_COMMAND_LIST_H
#define HARNESS_COMMAND_LIST_H

// The arguments behind the command's name. Returns the program's exit status; dies on a user's
// error.
int command_list(int count, char *const *arguments);

#endif
