// The sweep: what the mark did not reach becomes free.
#ifndef RUNTIME_SWEEP_H
#define RUNTIME_SWEEP_H

#include "runtime/heap_internal.h"

#include <stdint.h>

// Sweeps every span: the marks become the allocation bits, spans with free objects go to the
// central lists, which are empty before, and spans without objects back to the page heap. No cache
// holds a span. Returns the bytes of the objects that remain.
uint64_t sweep_run(struct heap *heap);

#endif
