// The fast paths, and nothing else: they run on a coroutine's stack, which may have a few hundred
// bytes left, and call neither libc nor anything else that could need more. The build checks their
// frames with -Wframe-larger-than=128. Whatever a slot's run does not answer goes to
// heap_cache_serve() on the system stack.
//
// heap_inline.h has the shortest of these paths once more, for the program to include.
//
// There is no test for the stress modes here: a run of one object makes every allocation take the
// slow path.
#define HEAP_OUT_OF_LINE // they are defined here
#include "runtime/heap.h"

#include "runtime/barrier.h"
#include "runtime/collector.h"
#include "runtime/fatal.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/root.h"

__thread struct heap_slots *heap_inline_slots __attribute__((tls_model("initial-exec")));

static inline struct heap_cache *cache_of(struct proc *proc, const char *caller)
{
    if (__builtin_expect(!proc, 0)) {
        fatal("%s outside runtime_run", caller);
    }
    return &proc->heap_cache;
}

static __attribute__((noinline)) void *serve(enum span_kind kind, const struct heap_type *type,
                                             size_t size_bytes, uint32_t class_index, void *slot)
{
    const bool typed = kind == SPAN_TYPED;
    struct heap_request request = {
        .kind = kind,
        .type = type,
        .size_bytes = size_bytes,
        .class_index = class_index,
        .slot = typed ? NULL : slot,
        .typed_table = typed ? slot : NULL,
    };
    proc_call_system(heap_cache_serve, &request);
    void *const object = request.object;
    // This frame's memory becomes part of others. One that does not write the word would keep the
    // object alive, with all that it comes to lead to.
    request.object = NULL;
    __asm__ volatile("" : : "r"(&request) : "memory");
    return object;
}

static inline void *allocate(struct heap_slot *slots, enum span_kind kind, size_t size_bytes,
                             uint32_t class_index)
{
    struct heap_slot *const slot = &slots[class_index];
    void *const object = heap_cache_pop(slot);
    return __builtin_expect(object != NULL, 1) ? object
                                               : serve(kind, NULL, size_bytes, class_index, slot);
}

static inline void *allocate_untyped(struct heap_slot *slots, enum span_kind kind,
                                     size_t size_bytes)
{
    if (__builtin_expect(size_bytes > SIZE_CLASS_BYTES_MAX, 0)) {
        return serve(kind, NULL, size_bytes, SPAN_LARGE, NULL);
    }
    return allocate(slots, kind, size_bytes, size_class_of_untyped(size_bytes));
}

// Objects of a type without pointers: class 24 will do, their alignment is the type's.
static inline void *allocate_plain(struct heap_cache *cache, size_t size_bytes)
{
    if (__builtin_expect(size_bytes > SIZE_CLASS_BYTES_MAX, 0)) {
        return serve(SPAN_POINTER_FREE, NULL, size_bytes, SPAN_LARGE, NULL);
    }
    return allocate(cache->slots.pointer_free, SPAN_POINTER_FREE, size_bytes,
                    size_class_of(size_bytes));
}

void *heap_new_bytes(size_t size_bytes)
{
    struct heap_cache *const cache = cache_of(proc_current, "heap_new_bytes");
    return allocate_untyped(cache->slots.pointer_free, SPAN_POINTER_FREE, size_bytes);
}

void *heap_new_conservative(size_t size_bytes)
{
    struct heap_cache *const cache = cache_of(proc_current, "heap_new_conservative");
    return allocate_untyped(cache->slots.conservative, SPAN_CONSERVATIVE, size_bytes);
}

// A typed object that the first place for its type had not at hand.
static __attribute__((noinline)) void *allocate_typed(struct heap_typed_slot *table, uint32_t hash,
                                                      const struct heap_type *type,
                                                      size_t size_bytes)
{
    if (size_bytes > SIZE_CLASS_BYTES_MAX) {
        return serve(SPAN_TYPED, type, size_bytes, SPAN_LARGE, NULL);
    }
    const uint32_t class_index = size_class_of(size_bytes);
    struct heap_typed_slot *const typed = heap_cache_find(table, hash, type, class_index);
    void *const object = typed ? heap_cache_pop(&typed->slot) : NULL;
    return object ? object : serve(SPAN_TYPED, type, size_bytes, class_index, table);
}

void *heap_new(const struct heap_type *type)
{
    struct heap_cache *const cache = cache_of(proc_current, "heap_new");
    const size_t size_bytes = type->size_bytes;
    if (!type->pointer_words) {
        return allocate_plain(cache, size_bytes);
    }
    const uint32_t hash = heap_inline_hash(type, 0);
    struct heap_typed_slot *const typed = &cache->slots.objects[hash];
    if (__builtin_expect(typed->type == type && typed->type_bytes == size_bytes, 1)) {
        void *const object = heap_cache_pop(&typed->slot);
        if (__builtin_expect(object != NULL, 1)) {
            return object;
        }
    }
    return allocate_typed(cache->slots.objects, hash, type, size_bytes);
}

void *heap_new_array(const struct heap_type *type, size_t count)
{
    struct heap_cache *const cache = cache_of(proc_current, "heap_new_array");
    size_t size_bytes;
    if (__builtin_mul_overflow(count, type->size_bytes, &size_bytes)) {
        fatal("out of memory: an array of %zu objects of %zu bytes", count, type->size_bytes);
    }
    if (!type->pointer_words) {
        return allocate_plain(cache, size_bytes);
    }
    if (count > 1 && type->size_bytes % sizeof(void *) != 0) {
        fatal("heap_new_array: the size of a type with pointers is %zu, not a multiple of %zu",
              type->size_bytes, sizeof(void *));
    }
    if (size_bytes > SIZE_CLASS_BYTES_MAX) {
        return serve(SPAN_TYPED, type, size_bytes, SPAN_LARGE, NULL);
    }
    const uint32_t class_index = size_class_of(size_bytes);
    const uint32_t hash = heap_inline_hash(type, class_index);
    struct heap_typed_slot *const typed = &cache->arrays[hash];
    if (typed->type == type && typed->type_bytes == type->size_bytes &&
        typed->class_index == class_index) {
        void *const object = heap_cache_pop(&typed->slot);
        if (__builtin_expect(object != NULL, 1)) {
            return object;
        }
    }
    return allocate_typed(cache->arrays, hash, type, size_bytes);
}

void heap_store(void *slot, const void *value)
{
    if (__builtin_expect(barrier_is_on, 0) && proc_current) {
        barrier_log(&proc_current->heap_cache.marker,
                    __atomic_load_n((const void **)slot, __ATOMIC_RELAXED));
    }
    // The collector may be reading the slot.
    __atomic_store_n((const void **)slot, value, __ATOMIC_RELAXED);
}

struct root_request {
    void *base;
    size_t size_bytes;
    int error;
};

static void add_root(void *arg)
{
    struct root_request *const request = arg;
    lock_acquire(&heap_instance.lock);
    request->error = root_add(request->base, request->size_bytes, proc_current == NULL);
    lock_release(&heap_instance.lock);
}

void heap_root_add(void *base, size_t size_bytes)
{
    struct root_request request = {.base = base, .size_bytes = size_bytes};
    proc_call_system(add_root, &request);
    if (request.error) {
        fatal("out of memory: the table of roots cannot grow");
    }
}

void heap_collect(void)
{
    cache_of(proc_current, "heap_collect");
    proc_call_system(collector_run, NULL);
}
