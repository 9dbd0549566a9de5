// Memory from the operating system, in whole pages, zeroed.
//
// The heap asks for address space first and for memory later: a reserved range costs nothing but
// numbers, and is a fault to touch until it has been committed.
#ifndef RUNTIME_OS_MEMORY_H
#define RUNTIME_OS_MEMORY_H

#include <stddef.h>

// Reserves an inaccessible range of addresses. Returns NULL when the system refuses.
void *os_memory_reserve(size_t size_bytes);

// Makes a page-aligned part of a reserved range readable and writable; it reads as zero until it is
// written. Returns 0 or -ENOMEM.
int os_memory_commit(void *base, size_t size_bytes);

// Gives the memory of a part back that has been committed: it reads as zero again.
void os_memory_give_back(void *base, size_t size_bytes);

// The same, and the part is as it was before it was committed.
void os_memory_uncommit(void *base, size_t size_bytes);

// Maps readable, writable memory that takes room only where it is touched. Returns NULL when the
// system refuses.
void *os_memory_map(size_t size_bytes);

// Grows what os_memory_map() returned, perhaps at another address; the contents are kept. Returns
// NULL, with the old mapping intact, when the system refuses.
void *os_memory_grow(void *base, size_t old_bytes, size_t new_bytes);

// Gives a range of any of the above back. NULL is allowed.
void os_memory_release(void *base, size_t size_bytes);

#endif
