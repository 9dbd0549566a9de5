// Runs the main() of an ordinary C program as the first coroutine.
//
// `escape --place=...` calls it from the main() of a program that uses the heap only because
// variables were moved there, and that knows nothing of coroutines.
#ifndef RUNTIME_HOSTED_H
#define RUNTIME_HOSTED_H

// Calls body(argc, argv, environment) on one processor, on a stack of 8 MiB, so that code compiled
// without -fsplit-stack fits, and returns what it returns. Nothing is ever collected: such a
// program keeps pointers in malloc()ed memory, which the collector does not read. Ends the program
// with a message when the runtime cannot start.
int hosted_run(int (*body)(int argc, char **argv, char **environment), int argc, char **argv,
               char **environment);

#endif
