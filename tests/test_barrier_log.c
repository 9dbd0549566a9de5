// An oracle for the write barrier that knows nothing of it: the memory itself.
//
// A marking begins, and every page of the heap becomes read-only. Each instruction that writes into
// it faults; the handler keeps what was there, lets the one instruction pass with the processor's
// trap flag, protects the page again and looks at the words that have changed. If one that the
// collector reads as a pointer held an object, that object has to be marked already or be in the
// barrier's log at this moment: else the collection could lose it.
#define _GNU_SOURCE // REG_EFL
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/barrier.h"
#include "runtime/collector.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "tests/heap_support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

// The handlers run on a stack of their own, which no prologue knows.
#define ON_SIGNAL_STACK __attribute__((no_split_stack))

enum { TRAP_FLAG = 0x100, SYSTEM_PAGE_BYTES = 4096, OPEN_BYTES = 2 * SYSTEM_PAGE_BYTES };

static struct {
    char *base; // of the protected range
    char *end;
    char *open; // the part that an instruction may write to; NULL: none
    char before[OPEN_BYTES];
    uint64_t overwrite_count; // of words that held an object
    uint64_t missed_count;    // neither marked nor logged
    struct span *spans;       // a copy, as they were when the marking began
    uint32_t span_count;
} oracle;

ON_SIGNAL_STACK static bool is_logged(const void *value)
{
    const struct marker *const marker = &proc_current->heap_cache.marker;
    for (uint32_t i = 0; i < marker->log_count; i++) {
        if (marker->log[i] == value) {
            return true;
        }
    }
    return false;
}

// Whether the collector reads the word as a pointer: a word of an object that was there when the
// marking began, conservative or typed (with a map of one word).
ON_SIGNAL_STACK static bool is_pointer_word(const char *word)
{
    const struct span *const span = page_heap_lookup(&heap_instance.page_heap, word);
    const size_t span_index = span ? page_heap_index(&heap_instance.page_heap, span) : 0;
    if (!span || span_index >= oracle.span_count ||
        !span_is_allocated(&oracle.spans[span_index], span_object_index(span, word))) {
        return false;
    }
    if (span->kind != SPAN_TYPED) {
        return span->kind == SPAN_CONSERVATIVE;
    }
    const size_t offset_bytes =
        (size_t)(word - span->base) % span->object_bytes % span->type->size_bytes;
    return span->type->pointer_words[0] >> offset_bytes / sizeof(void *) & 1;
}

ON_SIGNAL_STACK static void look_at_change(const char *word, const void *old_value)
{
    const struct span *const target = page_heap_lookup(&heap_instance.page_heap, old_value);
    if (!barrier_is_on || !is_pointer_word(word) || !target ||
        !span_is_allocated(target, span_object_index(target, old_value))) {
        return;
    }
    oracle.overwrite_count++;
    if (!span_is_marked(target, span_object_index(target, old_value)) && !is_logged(old_value)) {
        oracle.missed_count++;
    }
}

ON_SIGNAL_STACK static void protect(char *base, size_t size_bytes, int protection)
{
    if (mprotect(base, size_bytes, protection) != 0) {
        _exit(3);
    }
}

// An instruction may write across the end of a page: the next one is opened along.
ON_SIGNAL_STACK static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    char *const address = info->si_addr;
    if (address < oracle.base || address >= oracle.end || oracle.open) {
        _exit(4);
    }
    oracle.open = (char *)((uintptr_t)address & ~(uintptr_t)(SYSTEM_PAGE_BYTES - 1));
    if (oracle.open + OPEN_BYTES > oracle.end) {
        oracle.open = oracle.end - OPEN_BYTES;
    }
    memcpy(oracle.before, oracle.open, OPEN_BYTES);
    protect(oracle.open, OPEN_BYTES, PROT_READ | PROT_WRITE);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

ON_SIGNAL_STACK static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    if (!oracle.open) {
        _exit(5);
    }
    for (size_t i = 0; i < OPEN_BYTES; i += sizeof(void *)) {
        const void *old_value;
        const void *new_value;
        memcpy(&old_value, oracle.before + i, sizeof old_value);
        memcpy(&new_value, oracle.open + i, sizeof new_value);
        if (old_value != new_value) {
            look_at_change(oracle.open + i, old_value);
        }
    }
    protect(oracle.open, OPEN_BYTES, PROT_READ);
    oracle.open = NULL;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void install(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    CHECK_EQUAL(sigaction(number, &action, NULL), 0);
}

// On the system stack.
static void begin_watching(void *arg)
{
    (void)arg;
    static char *signal_stack;
    signal_stack = signal_stack ? signal_stack : malloc(64 * KIB);
    const stack_t stack = {.ss_sp = signal_stack, .ss_size = 64 * KIB};
    CHECK_EQUAL(sigaltstack(&stack, NULL), 0);
    install(SIGSEGV, on_fault);
    install(SIGTRAP, on_trap);
    collector_begin();
    CHECK(barrier_is_on);
    oracle.base = heap_instance.page_heap.base;
    oracle.end = oracle.base + heap_instance.page_heap.committed_bytes;
    oracle.overwrite_count = 0;
    oracle.missed_count = 0;
    oracle.span_count = heap_instance.page_heap.span_count;
    oracle.spans = aligned_alloc(_Alignof(struct span), oracle.span_count * sizeof *oracle.spans);
    memcpy(oracle.spans, heap_instance.page_heap.spans, oracle.span_count * sizeof *oracle.spans);
    protect(oracle.base, (size_t)(oracle.end - oracle.base), PROT_READ);
}

static void end_watching(void *arg)
{
    (void)arg;
    protect(oracle.base, (size_t)(oracle.end - oracle.base), PROT_READ | PROT_WRITE);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGTRAP, SIG_DFL);
    free(oracle.spans);
}

// ---- what is watched ------------------------------------------------------------------------

enum { NODE_COUNT = 20000, ELEMENT_WORDS = 3 };

static struct node **table; // a typed array
static struct channel *channel;
static uint64_t value_count;

static const uint64_t TABLE_MAP[] = {1};
static const struct heap_type TABLE = {"table", sizeof(void *), TABLE_MAP};

NOINLINE static void build(void)
{
    heap_store(&table, heap_new_array(&TABLE, NODE_COUNT));
    for (int i = 0; i < NODE_COUNT; i++) {
        heap_store(&table[i], heap_new(&NODE));
        table[i]->value = (uint64_t)i;
        heap_store(&table[i]->next, table[i / 2]);
    }
    channel = channel_new(ELEMENT_WORDS * sizeof(void *), 5);
}

// Moves pointers between objects, makes new ones, and sends some through the channel's buffer.
NOINLINE static void mutate(struct rng *rng, int step_count)
{
    for (int step = 0; step < step_count; step++) {
        struct node **const slot = &table[rng_below(rng, NODE_COUNT)];
        struct node *const node = table[rng_below(rng, NODE_COUNT)];
        switch (rng_below(rng, 6)) {
        case 0:
            heap_store(slot, node);
            break;
        case 1:
            heap_store(slot, heap_new(&NODE));
            (*slot)->value = 1;
            break;
        case 2:
            heap_store(&node->other, node->next);
            heap_store(&node->next, NULL);
            break;
        case 3:
            heap_store(&node->next, *slot);
            break;
        default: {
            struct node *element[ELEMENT_WORDS] = {node, *slot, NULL};
            channel_send(channel, element);
        }
        }
    }
}

static void consume(void *arg)
{
    (void)arg;
    // Receives straight into the heap, and sends from there.
    struct node **const box = heap_new_conservative(ELEMENT_WORDS * sizeof *box);
    struct channel *const echo = channel_new(ELEMENT_WORDS * sizeof *box, 1);
    while (channel_receive(channel, box)) {
        value_count += box[0]->value;
        if (value_count % 2) {
            channel_send(echo, box);
            channel_receive(echo, box);
        }
    }
}

static void watch(void *arg)
{
    const bool *store_plainly = arg;
    heap_root_add(&table, sizeof table);
    heap_root_add(&channel, sizeof channel);
    build();
    CHECK_EQUAL(coroutine_spawn(consume, NULL), 0);
    struct rng rng;
    rng_init(&rng, 5);
    for (int round = 0; round < 5; round++) {
        mutate(&rng, 500);
        heap_collect();
        coroutine_on_system_stack(begin_watching, NULL);
        if (*store_plainly) {
            // What the barrier is for: the oracle has to notice.
            for (int i = 0; i < NODE_COUNT; i++) {
                table[i] = NULL;
            }
            round = 5;
        } else {
            mutate(&rng, 1500);
        }
        coroutine_on_system_stack(end_watching, NULL);
        CHECK(oracle.overwrite_count > (*store_plainly ? 100 : 500));
        CHECK((oracle.missed_count > 0) == *store_plainly);
    }
    channel_close(channel);
}

static void watch_with(bool store_plainly)
{
    const struct runtime_config config = {.procs = 1, .stack_bytes_min = 64 * KIB};
    CHECK_EQUAL(runtime_run(&config, watch, &store_plainly), 0);
    table = NULL;
    channel = NULL;
}

TEST(every_overwritten_pointer_is_marked_or_logged)
{
    watch_with(false);
}

TEST(the_oracle_notices_a_store_without_the_barrier)
{
    watch_with(true);
}

#else

TEST(the_barrier_is_watched_on_another_variant)
{
    // Sanitizers handle faults themselves.
    CHECK(true);
}

#endif
