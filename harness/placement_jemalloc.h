// Placement `jemalloc`: objects live on jemalloc's heap and are freed by hand. The Makefile gives
// its malloc() and the rest the names below.
#ifndef HARNESS_PLACEMENT_JEMALLOC_H
#define HARNESS_PLACEMENT_JEMALLOC_H

#include <stddef.h>

#define PLACEMENT PLACEMENT_JEMALLOC
#define PLACEMENT_ALLOCATE je_malloc
#define PLACEMENT_REALLOCATE je_realloc
#define PLACEMENT_FREE je_free

void *je_malloc(size_t size_bytes);
void *je_realloc(void *old, size_t size_bytes);
void je_free(void *object);

#include "harness/placement_explicit.h"

#endif
