// The part of an allocation that is compiled into the program: a compare and an addition.
//
// heap.h includes this where gcc optimises. Where the size is known at compile time, so is its
// class; then the common case, the next object of a run in this processor's cache, needs no call.
// Everything else calls the function in heap.c of the same name. Define HEAP_OUT_OF_LINE before
// heap.h for calls only: what counts them, or wraps them, wants that. Clang gets calls as well,
// because escape/ has to see allocations as such.
//
// A call, and nothing else, may move a coroutine to another processor. There is none in here, but
// gcc may read heap_inline_slots before the call of a function that it knows to write nothing, and
// take the object after it, when another coroutine may have used them: so taking begins with a look
// whether they are still ours, and the slot still the type's. A signal may
// stop it anywhere, and others then begin or end a marking (stop_signal.h). So what has to be one
// step is a sequence: a piece of code that does nothing before its last instruction, and is run
// again from its beginning when it is stopped before that. Where they lie is in a table that the
// linker collects. Source: Linux's restartable sequences, rseq(2).
#ifndef RUNTIME_HEAP_INLINE_H
#define RUNTIME_HEAP_INLINE_H

#include "runtime/heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEAP_INLINE_CLASSES = 42,          // size_class.h's
    HEAP_INLINE_BYTES_MAX = 32 * 1024, // of its largest
    HEAP_INLINE_TYPED_LOG2 = 6,
    HEAP_INLINE_TYPED_COUNT = 1 << HEAP_INLINE_TYPED_LOG2,
};

struct span;

// A run of free, zeroed objects.
struct heap_slot {
    char *next; // the next object; equal to `end` when the run is used up
    char *end;
    size_t object_bytes;
    struct span *span; // NULL: none yet
};

struct heap_typed_slot {
    struct heap_slot slot;
    const struct heap_type *type;
    size_t type_bytes; // type->size_bytes when the slot was set up
    uint32_t class_index;
} __attribute__((aligned(64)));

// A processor's.
struct heap_slots {
    struct heap_slot pointer_free[HEAP_INLINE_CLASSES];
    struct heap_slot conservative[HEAP_INLINE_CLASSES];
    struct heap_typed_slot objects[HEAP_INLINE_TYPED_COUNT]; // for heap_new()
};

// Those of the running thread; NULL where there is no heap.
extern __thread struct heap_slots *heap_inline_slots __attribute__((tls_model("initial-exec")));

// barrier.h's.
extern bool barrier_is_on;

#if defined(__OPTIMIZE__) && !defined(__clang__)
// Of functions without a prefix this is the form that may stand beside their declaration in heap.h
// and their definition in heap.c.
#define HEAP_INLINE                                                                                \
    extern __inline__ __attribute__((__gnu_inline__, __always_inline__, __artificial__))
#else
#define HEAP_INLINE static inline
#define HEAP_INLINE_OFF
#endif

// Sanitizers do not look into assembly. Their programs are not interrupted.
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__clang__) &&                         \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HEAP_INLINE_SEQUENCE(code)                                                                 \
    "771:\n" code "772:\n"                                                                         \
    ".pushsection escapement_sequences, \"a?\"\n"                                                  \
    ".balign 4\n"                                                                                  \
    ".long 771b - ., 772b - .\n"                                                                   \
    ".popsection\n"
#elif defined(__OPTIMIZE__) && !defined(__clang__)
// A table with this entry lacks some.
__asm__(".pushsection escapement_sequences, \"a\"\n.balign 4\n.long 0, 0\n.popsection\n");
#endif

// Of the operands below: nothing is taken from slots that are another processor's by now. (An
// addition in memory would be shorter, and takes half as long again. Of gcc 12's asm with a
// thread's variable as an operand the labels are wrong.)
#define HEAP_INLINE_CHECK_SLOTS                                                                    \
    "movq heap_inline_slots@gottpoff(%%rip), %[after]\n\t"                                         \
    "cmpq %%fs:(%[after]), %[slots]\n\t"                                                           \
    "jne %l[refused]\n\t"
#define HEAP_INLINE_TAKE                                                                           \
    "movq %[next], %[object]\n\t"                                                                  \
    "cmpq %[end], %[object]\n\t"                                                                   \
    "je %l[refused]\n\t"                                                                           \
    "movq %[object], %[after]\n\t"                                                                 \
    "addq %[bytes], %[after]\n\t"                                                                  \
    "movq %[after], %[next]\n"

HEAP_INLINE bool heap_inline_are_own(const struct heap_slots *slots)
{
    return slots == *(struct heap_slots *volatile *)&heap_inline_slots;
}

// The next object of the slot's run, or NULL when that is used up. The slot is one of `slots`.
HEAP_INLINE void *heap_inline_pop(const struct heap_slots *slots, struct heap_slot *slot,
                                  size_t object_bytes)
{
#ifdef HEAP_INLINE_SEQUENCE
    char *object, *after;
    __asm__ goto(HEAP_INLINE_SEQUENCE(HEAP_INLINE_CHECK_SLOTS HEAP_INLINE_TAKE)
                 : [object] "=&r"(object), [after] "=&r"(after), [next] "+m"(slot->next)
                 : [slots] "r"(slots), [end] "m"(slot->end), [bytes] "er"(object_bytes)
                 : "cc"
                 : refused);
#else
    char *const object = slot->next;
    if (__builtin_expect(!heap_inline_are_own(slots) || object == slot->end, 0)) {
        goto refused;
    }
    slot->next = object + object_bytes;
#endif
    if (!object) {
        __builtin_unreachable(); // so the caller's test for NULL is the one above
    }
    return object;
refused:
    return NULL;
}

// The same if the slot is the type's; otherwise NULL.
HEAP_INLINE void *heap_inline_pop_typed(const struct heap_slots *slots,
                                        struct heap_typed_slot *typed, const struct heap_type *type,
                                        size_t type_bytes, size_t object_bytes)
{
    struct heap_slot *const slot = &typed->slot;
#ifdef HEAP_INLINE_SEQUENCE
    char *object, *after;
    __asm__ goto(
        HEAP_INLINE_SEQUENCE(HEAP_INLINE_CHECK_SLOTS "cmpq %[type], %[its_type]\n\t"
                                                     "jne %l[refused]\n\t"
                                                     "cmpq %[size], %[its_size]\n\t"
                                                     "jne %l[refused]\n\t" //
                             HEAP_INLINE_TAKE)
        : [object] "=&r"(object), [after] "=&r"(after), [next] "+m"(slot->next)
        : [slots] "r"(slots), [end] "m"(slot->end), [bytes] "er"(object_bytes), [type] "er"(type),
          [its_type] "m"(typed->type), [size] "er"(type_bytes), [its_size] "m"(typed->type_bytes)
        : "cc"
        : refused);
#else
    char *const object = slot->next;
    if (__builtin_expect(!heap_inline_are_own(slots) || typed->type != type ||
                             typed->type_bytes != type_bytes || object == slot->end,
                         0)) {
        goto refused;
    }
    slot->next = object + object_bytes;
#endif
    if (!object) {
        __builtin_unreachable();
    }
    return object;
refused:
    return NULL;
}

HEAP_INLINE uint32_t heap_inline_hash(const struct heap_type *type, uint32_t class_index)
{
    const uint32_t key = (uint32_t)((uintptr_t)type / 8) + class_index;
    return key * 0x9e3779b1u >> (32 - HEAP_INLINE_TYPED_LOG2);
}

// What size_class.h looks up, as a formula that a constant is folded through: the class of a size,
// and the size of a class. (tests/test_size_class.c compares them for all sizes.)
HEAP_INLINE uint32_t heap_inline_class(size_t size_bytes, bool untyped)
{
    if (size_bytes <= 32) {
        return size_bytes <= 8 ? 0 : size_bytes <= 16 ? 1 : size_bytes <= 24 && !untyped ? 2 : 3;
    }
    if (size_bytes <= 128) {
        return (uint32_t)((size_bytes + 15) / 16) + 1;
    }
    const uint32_t log2 = 63 - (uint32_t)__builtin_clzll(size_bytes - 1);
    return 4 * log2 - 22 + (uint32_t)((size_bytes - 1) >> (log2 - 2));
}

HEAP_INLINE size_t heap_inline_class_bytes(uint32_t class_index)
{
    if (class_index < 4) {
        return 8 * ((size_t)class_index + 1);
    }
    if (class_index < 10) {
        return 16 * ((size_t)class_index - 1);
    }
    return (size_t)((class_index - 10) % 4 + 5) << ((class_index - 10) / 4 + 5);
}

#if !defined(HEAP_INLINE_OFF) && !defined(HEAP_OUT_OF_LINE)

// The functions themselves.
void *heap_inline_call_new(const struct heap_type *type) __asm__("heap_new");
void *heap_inline_call_bytes(size_t size_bytes) __asm__("heap_new_bytes");
void *heap_inline_call_conservative(size_t size_bytes) __asm__("heap_new_conservative");
void heap_inline_call_store(void *slot, const void *value) __asm__("heap_store");

// size_bytes is constant, first[] are some of the slots.
HEAP_INLINE void *heap_inline_take(struct heap_slots *slots, struct heap_slot *first,
                                   size_t size_bytes, bool untyped)
{
    const uint32_t class_index = heap_inline_class(size_bytes, untyped);
    return heap_inline_pop(slots, &first[class_index], heap_inline_class_bytes(class_index));
}

HEAP_INLINE void *heap_new_bytes(size_t size_bytes)
{
    struct heap_slots *const slots = heap_inline_slots;
    if (__builtin_constant_p(size_bytes) && size_bytes <= HEAP_INLINE_BYTES_MAX && slots) {
        void *const object = heap_inline_take(slots, slots->pointer_free, size_bytes, true);
        if (__builtin_expect(object != NULL, 1)) {
            return object;
        }
    }
    return heap_inline_call_bytes(size_bytes);
}

HEAP_INLINE void *heap_new_conservative(size_t size_bytes)
{
    struct heap_slots *const slots = heap_inline_slots;
    if (__builtin_constant_p(size_bytes) && size_bytes <= HEAP_INLINE_BYTES_MAX && slots) {
        void *const object = heap_inline_take(slots, slots->conservative, size_bytes, true);
        if (__builtin_expect(object != NULL, 1)) {
            return object;
        }
    }
    return heap_inline_call_conservative(size_bytes);
}

// size_bytes is constant and the type's.
HEAP_INLINE void *heap_inline_take_typed(struct heap_slots *slots, const struct heap_type *type,
                                         size_t size_bytes)
{
    return heap_inline_pop_typed(slots, &slots->objects[heap_inline_hash(type, 0)], type,
                                 size_bytes,
                                 heap_inline_class_bytes(heap_inline_class(size_bytes, false)));
}

HEAP_INLINE void *heap_new(const struct heap_type *type)
{
    struct heap_slots *const slots = heap_inline_slots;
    if (__builtin_constant_p(type->size_bytes) && type->size_bytes <= HEAP_INLINE_BYTES_MAX &&
        __builtin_constant_p(type->pointer_words == NULL) && slots) {
        void *const object =
            type->pointer_words
                ? heap_inline_take_typed(slots, type, type->size_bytes)
                : heap_inline_take(slots, slots->pointer_free, type->size_bytes, false);
        if (__builtin_expect(object != NULL, 1)) {
            return object;
        }
    }
    return heap_inline_call_new(type);
}

typedef const void *heap_inline_word __attribute__((may_alias));

HEAP_INLINE void heap_store(void *slot, const void *value)
{
#ifdef HEAP_INLINE_SEQUENCE
    __asm__ goto(HEAP_INLINE_SEQUENCE("cmpb $0, %[on]\n\t"
                                      "jne %l[barrier]\n\t"
                                      "movq %[value], %[slot]\n")
                 : [slot] "+m"(*(heap_inline_word *)slot)
                 : [on] "m"(barrier_is_on), [value] "er"(value)
                 : "cc"
                 : barrier);
    return;
#else
    if (__builtin_expect(barrier_is_on, 0)) {
        goto barrier;
    }
    // The collector may be reading the slot.
    __atomic_store_n((heap_inline_word *)slot, value, __ATOMIC_RELAXED);
    return;
#endif
barrier:
    heap_inline_call_store(slot, value);
}

#endif

#endif
