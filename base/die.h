// Ends the program with a message on stderr.
//
// die() is for a user's error or one of the system's: the message names what went wrong and with
// which value, and the program exits with status 2. die_assert() is for a programmer's error: it
// aborts.
#ifndef BASE_DIE_H
#define BASE_DIE_H

// The name that begins every message ("escapement: ..."). Set once at the start of main; the
// string must live as long as the program. The default is no name.
void die_program_name(const char *name);

// Prints "NAME: MESSAGE" and exits with status 2. Handlers registered with atexit() run, so that
// temporary files are removed.
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

// Prints the failed condition with its place, and aborts. Used by ASSERT.
_Noreturn void die_assert(const char *condition, const char *file, int line) __attribute__((cold));

#endif
