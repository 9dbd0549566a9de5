// Runs tests of the runtime under another strategy, or under stress, than they ask for: linked
// with --wrap=runtime_run, tests/forced_config.c takes them from the environment.
//
//   TEST_STRATEGY=contiguous|segmented|reserved   for tests that leave it at the default
//   TEST_STRESS=BITS                              added to what the test asks for
//   TEST_STACK_BYTES_MAX=BYTES                    where the test leaves it at the default
#ifndef TESTS_FORCED_CONFIG_H
#define TESTS_FORCED_CONFIG_H

#include "runtime/runtime.h"

// What the default strategy is in this process.
enum stack_strategy forced_strategy(void);

#endif
