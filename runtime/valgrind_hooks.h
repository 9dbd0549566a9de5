// Tells valgrind where coroutine stacks are, so that its tools take a switch for what it is and not
// for a huge move of one stack. Outside valgrind a hook is a few instructions that do nothing, on
// paths that map memory; without valgrind's headers, or with VALGRIND_HOOKS_OFF, it is nothing.
#ifndef RUNTIME_VALGRIND_HOOKS_H
#define RUNTIME_VALGRIND_HOOKS_H

#if !defined(VALGRIND_HOOKS_OFF) && __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define VALGRIND_HOOKS_ACTIVE (RUNNING_ON_VALGRIND > 0)
// The id of the stack from base up to, but not including, top; to be given back.
#define VALGRIND_HOOKS_STACK_ADD(base, top) ((unsigned)VALGRIND_STACK_REGISTER((base), (top)))
#define VALGRIND_HOOKS_STACK_DROP(id) VALGRIND_STACK_DEREGISTER(id)
#else
#define VALGRIND_HOOKS_ACTIVE false
#define VALGRIND_HOOKS_STACK_ADD(base, top) 0u
#define VALGRIND_HOOKS_STACK_DROP(id) ((void)(id))
#endif

#endif
