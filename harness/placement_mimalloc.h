// Placement `mimalloc`: objects live on mimalloc's heap and are freed by hand.
#ifndef HARNESS_PLACEMENT_MIMALLOC_H
#define HARNESS_PLACEMENT_MIMALLOC_H

#include <mimalloc.h>
#include <stddef.h>

#define PLACEMENT PLACEMENT_MIMALLOC
#define PLACEMENT_ALLOCATE mi_malloc
#define PLACEMENT_REALLOCATE mi_realloc
#define PLACEMENT_FREE mi_free

#include "harness/placement_explicit.h"

#endif
