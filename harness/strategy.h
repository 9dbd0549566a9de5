// The strategies for stacks, by name.
#ifndef HARNESS_STRATEGY_H
#define HARNESS_STRATEGY_H

#include "runtime/runtime.h"

#include <stdbool.h>

enum { STRATEGY_COUNT = STACK_RESERVED + 1 };

const char *strategy_name(enum stack_strategy strategy);

// False when there is none of that name.
bool strategy_find(const char *name, enum stack_strategy *strategy);

// Whether this runtime has it on this machine: tries. Outside runtime_run().
bool strategy_is_available(enum stack_strategy strategy);

#endif
