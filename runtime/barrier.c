// Old values go into a log of the processor's, which is marked from when it is full, or when the
// processor marks anyway. Compared with marking at once that keeps the barrier short, and its frame
// small enough for a coroutine's stack.
#include "runtime/barrier.h"

#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/world.h"

bool barrier_is_on;

static void flush(void *arg)
{
    struct marker *const marker = arg;
    marker_flush_log(marker);
    marker_rest(marker);
}

void barrier_flush(struct marker *marker)
{
    // No safepoint: the store that follows belongs to the same phase.
    proc_call_system(flush, marker);
}

MARKER_READS_RAW void barrier_log_range(const void *base, size_t size_bytes)
{
    struct proc *const proc = proc_current;
    const uintptr_t word_mask = sizeof(void *) - 1;
    const uintptr_t start = ((uintptr_t)base + word_mask) & ~word_mask;
    const uintptr_t end = ((uintptr_t)base + size_bytes) & ~word_mask;
    for (uintptr_t address = start; proc && address < end; address += sizeof(void *)) {
        barrier_log(&proc->heap_cache.marker, *(const void *const *)address);
    }
}
