// Placement `malloc`: objects live on the C library's heap and are freed by hand.
#ifndef HARNESS_PLACEMENT_MALLOC_H
#define HARNESS_PLACEMENT_MALLOC_H

#include <stdlib.h>

#define PLACEMENT PLACEMENT_MALLOC
#define PLACEMENT_ALLOCATE malloc
#define PLACEMENT_REALLOCATE realloc
#define PLACEMENT_FREE free

#include "harness/placement_explicit.h"

#endif
