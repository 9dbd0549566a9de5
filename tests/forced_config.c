#include "tests/forced_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const strategy_names[] = {
    [STACK_CONTIGUOUS] = "contiguous",
    [STACK_SEGMENTED] = "segmented",
    [STACK_RESERVED] = "reserved",
};

enum stack_strategy forced_strategy(void)
{
    const char *const name = getenv("TEST_STRATEGY");
    if (!name) {
        return STACK_CONTIGUOUS;
    }
    for (unsigned i = 0; i < sizeof strategy_names / sizeof *strategy_names; i++) {
        if (strcmp(name, strategy_names[i]) == 0) {
            return i;
        }
    }
    fprintf(stderr, "TEST_STRATEGY: '%s' is no strategy\n", name);
    exit(2);
}

int __real_runtime_run(const struct runtime_config *config, void (*fn)(void *), void *arg);
int __wrap_runtime_run(const struct runtime_config *config, void (*fn)(void *), void *arg);
int __wrap_runtime_run(const struct runtime_config *config, void (*fn)(void *), void *arg)
{
    struct runtime_config forced = config ? *config : (struct runtime_config){0};
    const char *const stress = getenv("TEST_STRESS");
    if (forced.stack_strategy == STACK_CONTIGUOUS) {
        forced.stack_strategy = forced_strategy();
    }
    const char *const stack_bytes_max = getenv("TEST_STACK_BYTES_MAX");
    if (stack_bytes_max && forced.stack_bytes_max == 0) {
        forced.stack_bytes_max = strtoul(stack_bytes_max, NULL, 0);
    }
    forced.stress |= stress ? (unsigned)strtoul(stress, NULL, 0) : 0;
    return __real_runtime_run(&forced, fn, arg);
}
