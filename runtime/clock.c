#include "runtime/clock.h"

uint64_t clock_step_ns;
_Atomic(uint64_t) clock_stepped_ns;

void clock_step(uint64_t step_ns)
{
    clock_step_ns = step_ns;
}
