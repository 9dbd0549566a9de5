// Linux: mmap, mprotect, mremap. MAP_NORESERVE keeps tables that are sized for the largest heap,
// and mostly never touched, out of the commit charge.
#define _GNU_SOURCE // mremap
#include "runtime/os_memory.h"

#include "base/assert.h"

#include <errno.h>
#include <sys/mman.h>

static void *map(size_t size_bytes, int protection)
{
    ASSERT(size_bytes > 0);
    void *const base =
        mmap(NULL, size_bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

void *os_memory_reserve(size_t size_bytes)
{
    return map(size_bytes, PROT_NONE);
}

int os_memory_commit(void *base, size_t size_bytes)
{
    ASSERT(base);
    return mprotect(base, size_bytes, PROT_READ | PROT_WRITE) == 0 ? 0 : -ENOMEM;
}

void os_memory_give_back(void *base, size_t size_bytes)
{
    if (size_bytes > 0) {
        const int result = madvise(base, size_bytes, MADV_DONTNEED);
        ASSERT(result == 0);
    }
}

void os_memory_uncommit(void *base, size_t size_bytes)
{
    os_memory_give_back(base, size_bytes);
    // Refused only when the kernel cannot split the mapping: then it just stays accessible.
    const int result = mprotect(base, size_bytes, PROT_NONE);
    (void)result;
}

void *os_memory_map(size_t size_bytes)
{
    return map(size_bytes, PROT_READ | PROT_WRITE);
}

void *os_memory_grow(void *base, size_t old_bytes, size_t new_bytes)
{
    ASSERT(base);
    ASSERT(new_bytes > old_bytes);
    void *const grown = mremap(base, old_bytes, new_bytes, MREMAP_MAYMOVE);
    return grown == MAP_FAILED ? NULL : grown;
}

void os_memory_release(void *base, size_t size_bytes)
{
    if (base) {
        const int result = munmap(base, size_bytes);
        ASSERT(result == 0);
    }
}
