// The wrapped functions of the heap tell what they are doing: allocation and collection write as
// they like, with the pages writable; heap_store() may write its slot. Objects are entered in a
// table by address, so that the type of every word is known.
//
// Rejected: comparing the heap with a copy between collections, which misses what is overwritten
// twice and cannot say by whom; soft-dirty bits, which some kernels lack without saying so.
#define _GNU_SOURCE // REG_EFL
#include "tests/write_oracle.h"

#include "runtime/inspect.h"
#include "runtime/runtime.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifdef __x86_64__
#define ORACLE_WORKS true
#define FLAGS_REGISTER REG_EFL
#define CODE_REGISTER REG_RIP
#else
#define ORACLE_WORKS false
#define FLAGS_REGISTER 0
#define CODE_REGISTER 0
#endif

// The handlers read what the program is writing.
#define RAW __attribute__((no_sanitize("address", "thread", "undefined")))

enum {
    PAGE_BYTES = 4096,
    STEP_FLAG = 0x100,       // of the flags register: trap after the next instruction
    WINDOW_WORD_COUNT = 10,  // the widest store is 64 bytes
    PENDING_COUNT = 4,       // faults of one instruction
    STACK_BYTES = 64 * 1024, // of the handlers
    OBJECT_COUNT_MAX = 1 << 23,
    GRANULE_COUNT = 1 << 27, // words of heap that are known: a GiB
};

enum kind { TYPED, POINTER_FREE, CONSERVATIVE, CHANNEL };

struct object {
    char *base;
    size_t size_bytes;
    const struct heap_type *type;
    enum kind kind;
};

struct pending {
    char *page;
    uintptr_t *words; // from here on
    size_t word_count;
    uintptr_t before[WINDOW_WORD_COUNT];
};

static struct {
    bool watching;
    unsigned runtime_depth; // inside functions that may write as they like
    void *allowed_slot;     // of heap_store()
    char *base;             // the heap's memory
    char *end;
    struct object *objects;
    uint32_t object_count;
    uint32_t *starts; // by word of the heap: 1 + the object that begins there
    struct pending pending[PENDING_COUNT];
    unsigned pending_count;
    struct sigaction old_fault;
    struct sigaction old_trap;
    stack_t old_stack;
    struct write_oracle seen;
} state;

static char handler_stack[STACK_BYTES];

bool write_oracle_available(void)
{
    return ORACLE_WORKS;
}

static bool in_heap(uintptr_t word)
{
    return word >= (uintptr_t)state.base && word < (uintptr_t)state.end;
}

static void protect(int protection)
{
    while (runtime_address_class(state.end) == ADDRESS_HEAP) {
        state.end += PAGE_BYTES; // it has grown
    }
    if (mprotect(state.base, (size_t)(state.end - state.base), protection) != 0) {
        abort();
    }
}

static void enter_runtime(void)
{
    if (state.watching && state.runtime_depth++ == 0) {
        protect(PROT_READ | PROT_WRITE);
    }
}

static void leave_runtime(void)
{
    if (state.watching && --state.runtime_depth == 0) {
        protect(PROT_READ);
    }
}

// ---- objects ------------------------------------------------------------------------------------

static size_t granule_of(const char *address)
{
    return (size_t)(address - state.base) / sizeof(void *);
}

static void enter_object(void *base, size_t size_bytes, enum kind kind,
                         const struct heap_type *type)
{
    if (!state.watching) {
        return;
    }
    const size_t first = granule_of(base);
    const size_t count = (size_bytes + sizeof(void *) - 1) / sizeof(void *);
    if (state.object_count == OBJECT_COUNT_MAX || first + count >= GRANULE_COUNT) {
        abort(); // a test that is too large for this table
    }
    // Whoever was there before is gone.
    memset(&state.starts[first], 0, count * sizeof *state.starts);
    state.starts[first] = state.object_count + 1;
    state.objects[state.object_count++] =
        (struct object){.base = base, .size_bytes = size_bytes, .kind = kind, .type = type};
}

static const struct object *find_object(const char *address)
{
    for (size_t granule = granule_of(address) + 1; granule-- > 0;) {
        const uint32_t start = granule < GRANULE_COUNT ? state.starts[granule] : 0;
        if (start) {
            const struct object *const object = &state.objects[start - 1];
            return address < object->base + object->size_bytes ? object : NULL;
        }
    }
    return NULL;
}

static bool is_pointer_word(const struct object *object, const char *address)
{
    const size_t word = (size_t)(address - object->base) / sizeof(void *);
    const size_t in_element = word % (object->type->size_bytes / sizeof(void *));
    return object->type->pointer_words[in_element / 64] >> in_element % 64 & 1;
}

// Whether a change of this word needs the barrier.
static bool needs_barrier(const char *address, uintptr_t old_word, uintptr_t new_word)
{
    const struct object *const object = find_object(address);
    if (!object) {
        return in_heap(new_word);
    }
    switch (object->kind) {
    case TYPED:
        return is_pointer_word(object, address);
    case CONSERVATIVE:
        return in_heap(old_word) || in_heap(new_word);
    case CHANNEL:
        state.seen.channel_count++;
        return false;
    default:
        return false;
    }
}

// ---- the handlers -------------------------------------------------------------------------------

RAW static void compare(const struct pending *pending, uintptr_t code)
{
    for (size_t i = 0; i < pending->word_count; i++) {
        uintptr_t *const word = &pending->words[i];
        const uintptr_t old_word = pending->before[i];
        const uintptr_t new_word = *(volatile uintptr_t *)word;
        if (old_word == new_word || (void *)word == state.allowed_slot ||
            !needs_barrier((const char *)word, old_word, new_word)) {
            continue;
        }
        if (state.seen.missed_count < WRITE_ORACLE_REPORT_COUNT) {
            state.seen.reports[state.seen.missed_count] =
                (struct write_oracle_report){(uintptr_t)word, code, old_word, new_word};
        }
        state.seen.missed_count++;
    }
}

static void on_trap(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    ucontext_t *const at = context;
    at->uc_mcontext.gregs[FLAGS_REGISTER] &= ~(greg_t)STEP_FLAG;
    // After the instruction, but near enough to find it.
    const uintptr_t code = (uintptr_t)at->uc_mcontext.gregs[CODE_REGISTER];
    for (unsigned i = 0; i < state.pending_count; i++) {
        compare(&state.pending[i], code);
        mprotect(state.pending[i].page, PAGE_BYTES, PROT_READ);
    }
    state.pending_count = 0;
    state.seen.write_count++;
}

RAW static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    char *const address = info->si_addr;
    if (!state.watching || !in_heap((uintptr_t)address) || state.pending_count == PENDING_COUNT) {
        // Not ours: it happens again, for whoever handled it before.
        sigaction(signal_number, &state.old_fault, NULL);
        return;
    }
    struct pending *const pending = &state.pending[state.pending_count++];
    const uintptr_t offset = (uintptr_t)address % PAGE_BYTES;
    pending->page = address - offset;
    pending->words = (uintptr_t *)(address - offset % sizeof(void *));
    const size_t left = (size_t)(state.end - (char *)pending->words) / sizeof(void *);
    pending->word_count = left < WINDOW_WORD_COUNT ? left : WINDOW_WORD_COUNT;
    for (size_t i = 0; i < pending->word_count; i++) {
        pending->before[i] = *(volatile uintptr_t *)&pending->words[i];
    }
    mprotect(pending->page, PAGE_BYTES, PROT_READ | PROT_WRITE);
    ucontext_t *const at = context;
    at->uc_mcontext.gregs[FLAGS_REGISTER] |= STEP_FLAG;
}

static void install(void)
{
    const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (sigaltstack(&stack, &state.old_stack) != 0 ||
        sigaction(SIGSEGV, &fault, &state.old_fault) != 0 ||
        sigaction(SIGTRAP, &trap, &state.old_trap) != 0) {
        abort();
    }
}

static void *map(size_t size_bytes)
{
    void *const memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        abort();
    }
    return memory;
}

static void begin(void *heap_object)
{
    state.objects = map(OBJECT_COUNT_MAX * sizeof *state.objects);
    state.starts = map(GRANULE_COUNT * sizeof *state.starts);
    state.object_count = 0;
    state.base = (char *)heap_object - (uintptr_t)heap_object % PAGE_BYTES;
    state.end = state.base + PAGE_BYTES;
    while (runtime_address_class(state.base - 1) == ADDRESS_HEAP) {
        state.base -= PAGE_BYTES;
    }
    state.runtime_depth = 0;
    state.pending_count = 0;
    state.seen = (struct write_oracle){0};
    install();
    state.watching = true;
    protect(PROT_READ);
}

void write_oracle_begin(void)
{
    coroutine_on_system_stack(begin, heap_new_bytes(sizeof(void *)));
}

static void end(void *arg)
{
    protect(PROT_READ | PROT_WRITE);
    state.watching = false;
    sigaction(SIGSEGV, &state.old_fault, NULL);
    sigaction(SIGTRAP, &state.old_trap, NULL);
    sigaltstack(&state.old_stack, NULL);
    munmap(state.objects, OBJECT_COUNT_MAX * sizeof *state.objects);
    munmap(state.starts, GRANULE_COUNT * sizeof *state.starts);
    *(struct write_oracle *)arg = state.seen;
}

void write_oracle_end(struct write_oracle *oracle)
{
    coroutine_on_system_stack(end, oracle);
}

// ---- the wrapped functions ----------------------------------------------------------------------

#define WRAP(type, name, ...)                                                                      \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

WRAP(void, heap_store, void *slot, const void *value)
{
    state.seen.store_count++;
    state.allowed_slot = slot;
    __real_heap_store(slot, value);
    state.allowed_slot = NULL;
}

static void enter_typed(void *object, const struct heap_type *type, size_t size_bytes)
{
    enter_object(object, size_bytes, type->pointer_words ? TYPED : POINTER_FREE, type);
}

WRAP(void *, heap_new, const struct heap_type *type)
{
    enter_runtime();
    void *const object = __real_heap_new(type);
    enter_typed(object, type, type->size_bytes);
    leave_runtime();
    return object;
}

WRAP(void *, heap_new_array, const struct heap_type *type, size_t count)
{
    enter_runtime();
    void *const object = __real_heap_new_array(type, count);
    enter_typed(object, type, type->size_bytes * count);
    leave_runtime();
    return object;
}

WRAP(void *, heap_new_bytes, size_t size_bytes)
{
    enter_runtime();
    void *const object = __real_heap_new_bytes(size_bytes);
    enter_object(object, size_bytes, POINTER_FREE, NULL);
    leave_runtime();
    return object;
}

WRAP(void *, heap_new_conservative, size_t size_bytes)
{
    enter_runtime();
    void *const object = __real_heap_new_conservative(size_bytes);
    enter_object(object, size_bytes, CONSERVATIVE, NULL);
    leave_runtime();
    return object;
}

WRAP(struct channel *, channel_new, size_t element_bytes, size_t capacity)
{
    enter_runtime();
    struct channel *const channel = __real_channel_new(element_bytes, capacity);
    if (state.watching) {
        state.objects[state.object_count - 1].kind = CHANNEL; // the last one made
    }
    leave_runtime();
    return channel;
}

WRAP(void, heap_collect, void)
{
    enter_runtime();
    __real_heap_collect();
    leave_runtime();
}
