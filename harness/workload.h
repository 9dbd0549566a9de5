// A workload: one question, one loop body, written once and built once a placement.
//
//     #include "harness/workload.h"
//
//     struct point { double x, y; };
//     OBJECT_TYPE(point, NO_POINTERS);
//
//     WORKLOAD(midpoint, .question = "What does the heap add for a pair of doubles?",
//              .operation = "make two points and the one between them")
//     {
//         uint64_t checksum = 0;
//         for (uint64_t op = 0; op < run->op_count; op++) {
//             LOCAL(point, p);               // a frame slot, heap_new() or malloc(): the placement
//             says
//             ...
//             DROP(p);                       // free() where the placement wants it
//         }
//         return checksum;                   // the same in every placement
//     }
//
// The Makefile compiles the file with PLACEMENT_HEADER naming one of harness/placement_*.h, which
// define:
//     OBJECT_TYPE(tag, pointers)      once a struct tag: NO_POINTERS, or POINTER_AT(tag, field) |
//     POINTER_AT(...) SLOT(tag, slot)                 declares a place in this frame for one struct
//     tag; a NULL pointer on heaps SLOT_ARRAY(tag, slots, count)   ... for count of them
//     SLOT_BYTES(slot, size_bytes)    ... for plain bytes, aligned to 16
//     OBTAIN(tag, slot)               the object: the slot itself, or new memory; a struct tag *
//     OBTAIN_AT(tag, slots, index)    the same from an array; index is not evaluated on heaps
//     OBTAIN_BYTES(slot, size_bytes)  the same for plain bytes; a void *
//     RESIZE_BYTES(old, old_bytes, new_bytes)  moves bytes obtained from a heap to a larger block;
//     a void * STORE(&object->field, value)    stores a pointer to an object into an object
//     ROOT(variable)                  a global pointer that may be the only one to an object
//     DROP(pointer)                   gives it back where the placement wants that
//     IN_FRAME, EXPLICIT_FREE         1 or 0: objects live in frames; objects need DROP
// Contents are undefined, as a local's are; a workload writes what it reads. (heap_new() zeroes:
// that is part of what the gc placement costs.) A workload contains no timing and no output, and
// calls nothing of libc but memcpy and memset; channels
// and coroutines are the same in every placement. NOTE_MEMORY(0) before and NOTE_MEMORY(count)
// after count things were made that wait for something has the noted build measure what they hold.
#ifndef HARNESS_WORKLOAD_H
#define HARNESS_WORKLOAD_H

#include "harness/workload_build.h"
#include "runtime/channel.h"
#include "runtime/coroutine.h"

// Expands to a description of this copy in the section, and the head of the function that follows.
#define WORKLOAD(id, ...)                                                                          \
    static uint64_t workload_run_##id(const struct workload_run *run);                             \
    static const struct workload_build workload_build_##id = {.name = #id,                         \
                                                              .file = __FILE__,                    \
                                                              .run = workload_run_##id,            \
                                                              .placement = PLACEMENT,              \
                                                              .offset_bytes = WORKLOAD_OFFSET,     \
                                                              .copy = WORKLOAD_COPY,               \
                                                              __VA_ARGS__};                        \
    static const struct workload_build *const workload_entry_##id                                  \
        __attribute__((used, section("workload_builds"))) = &workload_build_##id;                  \
    static uint64_t workload_run_##id(const struct workload_run *run)

#define LOCAL(tag, local)                                                                          \
    SLOT(tag, local##_slot);                                                                       \
    struct tag *const local = OBTAIN(tag, local##_slot)

// Makes the compiler forget what it knows of the pointer and of memory, in every placement alike:
// the object must exist, with its contents, where the placement put it. Without it compilers keep
// small locals in registers and delete malloc() with its free().
#define OPAQUE(pointer)                                                                            \
    __extension__({                                                                                \
        __auto_type opaque = (pointer);                                                            \
        __asm__ volatile("" : "+r"(opaque) : : "memory");                                          \
        opaque;                                                                                    \
    })

#define NOINLINE __attribute__((noinline, noclone))

// Makes the processor forget the calls that have not returned. For a loop of calls that is compared
// with the same loop elsewhere: how many calls deep a loop runs, and whether a stack grew on the
// way, decides what the processor remembers of return addresses, and that made one and the same
// call take 1.0 or 2.6 ns (Zen 5). Every return that is forgotten costs a misprediction later.
static inline void forget_callers(void)
{
#if defined(__x86_64__)
    enum { REMEMBERED_COUNT_MAX = 64 };
    for (int i = 0; i < REMEMBERED_COUNT_MAX; i++) {
        // A return without a call. Below the red zone, which the caller may be using.
        __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
                         "leaq 1f(%%rip), %%rax\n\t"
                         "pushq %%rax\n\t"
                         "ret\n"
                         "1:\tleaq 128(%%rsp), %%rsp"
                         :
                         :
                         : "rax", "memory");
    }
#endif
}

#include PLACEMENT_HEADER

// What a program of its own, a macro, does before the first object. The worker sees to it itself.
#ifndef PLACEMENT_BEGIN
#define PLACEMENT_BEGIN() ((void)0)
#endif

#endif
