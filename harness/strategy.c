#include "harness/strategy.h"

#include <string.h>

static const char *const names[STRATEGY_COUNT] = {
    [STACK_CONTIGUOUS] = "contiguous",
    [STACK_SEGMENTED] = "segmented",
    [STACK_RESERVED] = "reserved",
};

const char *strategy_name(enum stack_strategy strategy)
{
    return names[strategy];
}

bool strategy_find(const char *name, enum stack_strategy *strategy)
{
    for (int i = 0; i < STRATEGY_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *strategy = (enum stack_strategy)i;
            return true;
        }
    }
    return false;
}

static void do_nothing(void *unused)
{
    (void)unused;
}

bool strategy_is_available(enum stack_strategy strategy)
{
    const struct runtime_config config = {.procs = 1, .stack_strategy = strategy};
    return runtime_run(&config, do_nothing, NULL) == 0;
}
