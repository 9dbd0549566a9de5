// Compiled with -mgeneral-regs-only, like stack.c and for the same reason.
#include "runtime/growth.h"

#include "base/assert.h"
#include "runtime/context.h"
#include "runtime/coroutine.h"
#include "runtime/fatal.h"
#include "runtime/preempt.h"
#include "runtime/proc.h"
#include "runtime/reserve.h"
#include "runtime/segment.h"

#include <signal.h>
#include <stddef.h>

_Static_assert(sizeof(struct growth_frame) == 16 * 8, "the layout of morestack.S");
_Static_assert(sizeof(struct growth_frame) + 256 + 128 <= STACK_SLACK_BYTES, "room to push it");

// Stress moves at every call while copying costs at most this much a call; deeper stacks move as
// often as keeps the average there. A recursion 1e5 deep would copy 250 GB otherwise.
enum { STRESS_COPY_BYTES = 64 * 1024 };

struct growth_config growth_config;
struct stack_pool growth_pool;

uintptr_t growth_limit(const struct stack *stack)
{
    if (growth_config.stress_move) {
        return UINTPTR_MAX;
    }
    return (uintptr_t)growth_lowest(stack) + STACK_SLACK_BYTES;
}

// Moves the coroutine, stopped at sp, to another stack. The old one goes back to the pool.
static void move(struct coroutine *coroutine, struct stack *to, struct stack_profile_entry *entry)
{
    struct stack *from = coroutine->stack;
    entry->copied_bytes += (uint64_t)(stack_top(from) - (char *)coroutine->sp);
    coroutine->sp = stack_copy(from, to, coroutine->sp, &entry->relocated_words);
    struct channel_waiter *const waiters = coroutine->waiters;
    for (uint32_t i = 0; waiters && i < waiters->waiter_count; i++) {
        waiters[i].element = stack_relocate(from, to, waiters[i].element);
    }
    coroutine->stack = to;
    coroutine->stack_limit = growth_limit(to);
    fibre_set_stack(&coroutine->fibre, to->base, to->size_bytes);
    stack_drop(&growth_pool, from);
}

_Noreturn void growth_overflow(const struct coroutine *coroutine, size_t need_bytes)
{
    fatal("stack exceeds %zu-byte limit: coroutine %llu needs %zu bytes",
          growth_config.stack_bytes_max, (unsigned long long)coroutine->id, need_bytes);
}

_Noreturn void growth_refused(size_t size_bytes)
{
    fatal("out of memory: the system refused a stack of %zu bytes", size_bytes);
}

static struct stack *acquire(size_t size_bytes)
{
    struct stack *stack = stack_acquire(&growth_pool, size_bytes);
    if (!stack) {
        growth_refused(size_bytes);
    }
    return stack;
}

static bool begins_with(const uint8_t *code, const uint8_t *bytes, int count)
{
    for (int i = 0; i < count; i++) {
        if (code[i] != bytes[i]) {
            return false;
        }
    }
    return true;
}

// The slow path after `call __morestack` is `ret`, which is skipped; with -fcf-protection endbr64
// comes next. gcc then lets functions with variable arguments load their address relative to the
// frame that libgcc's __morestack would have left (`lea 24(%rbp), %r11`); that is skipped too, and
// r11 set as the fast path does.
static void resume_at_body(struct growth_frame *frame)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    static const uint8_t lea_r11[] = {0x4c, 0x8d, 0x5d, 0x18};
    ASSERT(*frame->resume == 0xc3);
    const uint8_t *body = frame->resume + 1;
    if (begins_with(body, endbr64, sizeof endbr64)) {
        body += sizeof endbr64;
    }
    if (begins_with(body, lea_r11, sizeof lea_r11)) {
        body += sizeof lea_r11;
        // Above the frame is the return address of the function's caller, above that the stack
        // arguments.
        frame->r11 = (uint64_t)(uintptr_t)(frame + 1) + 8;
    }
    frame->resume = body;
}

// Returns whether it grew.
static bool make_room_by_copying(struct coroutine *coroutine, size_t frame_bytes,
                                 struct stack_profile_entry *entry)
{
    struct stack *const stack = coroutine->stack;
    // A function whose frame is under 256 bytes compares before it subtracts; both cases need the
    // frame and the slack.
    const size_t used_bytes = (size_t)(stack_top(stack) - (char *)coroutine->sp);
    const size_t need_bytes = used_bytes + frame_bytes + STACK_SLACK_BYTES;
    size_t size_bytes = stack->size_bytes;
    while (size_bytes < need_bytes) {
        if (size_bytes * 2 > growth_config.stack_bytes_max) {
            growth_overflow(coroutine, need_bytes);
        }
        size_bytes *= 2;
    }
    if (size_bytes > stack->size_bytes) {
        move(coroutine, acquire(size_bytes), entry);
        return true;
    }
    if (growth_config.stress_move &&
        (coroutine->move_debt_bytes += STRESS_COPY_BYTES) >= used_bytes) {
        coroutine->move_debt_bytes = 0;
        move(coroutine, acquire(size_bytes), entry);
    }
    return false;
}

// Makes room for the frame of the function that called __morestack, or moves the stack because
// stress is on. The frame is at coroutine->sp, before and after.
static void make_room(struct proc *proc, struct coroutine *coroutine)
{
    struct growth_frame *const frame = coroutine->sp;
    struct stack_profile_entry *const entry = stack_charge_entry(&proc->charges, frame->resume);
    const size_t frame_bytes = frame->frame_bytes;
    bool grew = false;
    frame->frame_bytes = 0;
    switch (growth_config.strategy) {
    case STACK_CONTIGUOUS:
        grew = make_room_by_copying(coroutine, frame_bytes, entry);
        break;
    case STACK_SEGMENTED: {
        void *const sp = segment_push(coroutine, frame, frame_bytes);
        frame->frame_bytes = (uint64_t)(uintptr_t)sp;
        grew = sp != NULL;
        break;
    }
    case STACK_RESERVED:
        grew = reserve_extend(coroutine, frame_bytes);
        break;
    }
    if (grew) {
        entry->grow_count++;
        const uint64_t stack_bytes = growth_size_bytes(coroutine->stack);
        if (stack_bytes > entry->stack_bytes_max) {
            entry->stack_bytes_max = stack_bytes;
        }
    }
}

struct growth_answer {
    struct growth_frame *frame;    // where the pushed registers are now
    struct vector_area *preempted; // the vector registers when the coroutine is to be preempted
};

// Code there must not wait for anything.
static bool runs_on_signal_stack(void)
{
    stack_t present;
    return sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_ONSTACK);
}

static __attribute__((noinline)) struct growth_answer answer(struct growth_frame *frame)
{
    struct proc *const proc = proc_current;
    struct coroutine *const coroutine = proc ? proc->running : NULL;
    if (!coroutine || !stack_contains(coroutine->stack, frame)) {
        // There is room; a signal handler may have come here because its stack lies below the
        // limit, other code only because of a request.
        resume_at_body(frame);
        frame->frame_bytes = 0;
        if (!proc) {
            context_limit_set(0); // a request that came as this thread ceased to be a worker
        } else if (proc->on_system && !runs_on_signal_stack()) {
            context_limit_set(0);
            preempt_poll(proc, false);
            // What is still asked for is looked at when the coroutine's own stack runs again.
        }
        return (struct growth_answer){.frame = frame};
    }
    ASSERT(!proc->on_system);
    context_limit_set(0);
    proc->on_system = true;
    fibre_change_stack(&coroutine->fibre, &proc->fibre);
    coroutine->sp = frame;
    struct vector_area *preempted = NULL;
    if (__builtin_expect(atomic_load_explicit(&proc->request, memory_order_relaxed) != 0, 0)) {
        preempted = preempt_poll(proc, true);
    }
    // A preempted one makes its room when it comes back: __morestack asks again.
    if (!preempted) {
        make_room(proc, coroutine);
        frame = coroutine->sp;
        resume_at_body(frame);
    }
    __atomic_store_n(&coroutine->sp, NULL, __ATOMIC_RELAXED);
    fibre_change_stack(&proc->fibre, &coroutine->fibre);
    proc->on_system = false;
    proc_limit_set(proc, coroutine->stack_limit);
    return (struct growth_answer){.frame = frame, .preempted = preempted};
}

// Called by __morestack on the system stack.
struct growth_answer growth_move(struct growth_frame *frame);
FIBRE_UNSEEN struct growth_answer growth_move(struct growth_frame *frame)
{
    if (!FIBRE_USES_VECTORS) {
        return answer(frame);
    }
    char registers[CONTEXT_VECTOR_BYTES] __attribute__((aligned(64)));
    context_vectors_save(registers);
    const struct growth_answer result = answer(frame);
    if (result.preempted) {
        preempt_keep(result.preempted, registers);
    }
    context_vectors_restore(registers);
    return result;
}

// Called by __morestack on the coroutine's stack after growth_move() has asked for it.
void growth_preempt(struct vector_area *area);
FIBRE_UNSEEN void growth_preempt(struct vector_area *area)
{
    coroutine_yield();
    preempt_restore(area);
}

// Returns whether it shrank.
static bool shrink_by_copying(struct coroutine *coroutine, struct stack_profile_entry *entry)
{
    struct stack *stack = coroutine->stack;
    const size_t half_bytes = stack->size_bytes / 2;
    const size_t used_bytes = (size_t)(stack_top(stack) - (char *)coroutine->sp);
    if (half_bytes < growth_config.stack_bytes_min ||
        used_bytes + STACK_SLACK_BYTES >= stack->size_bytes / 4) {
        return false;
    }
    struct stack *smaller = stack_acquire(&growth_pool, half_bytes);
    if (smaller) {
        move(coroutine, smaller, entry);
    }
    return smaller != NULL;
}

void growth_shrink(struct coroutine *coroutine)
{
    // A thread that is no proc stops the world first: then the first proc's table is nobody's.
    struct proc *const proc = proc_current ? proc_current : &proc_table[0];
    struct stack_profile_entry *const entry = &proc->charges.rest;
    bool shrank = false;
    switch (growth_config.strategy) {
    case STACK_CONTIGUOUS:
        shrank = shrink_by_copying(coroutine, entry);
        break;
    case STACK_SEGMENTED:
        segment_drop_spare(coroutine->stack);
        break;
    case STACK_RESERVED:
        shrank = reserve_shrink(coroutine);
        break;
    }
    entry->shrink_count += shrank;
}

void growth_init(const struct growth_config *config)
{
    growth_config = *config;
    if (config->strategy == STACK_RESERVED && config->stack_bytes_min < RESERVE_EXTENT_BYTES_MIN) {
        growth_config.stack_bytes_min = RESERVE_EXTENT_BYTES_MIN;
    }
    stack_pool_init(&growth_pool, config->stress_move);
}

void growth_release(void)
{
    stack_pool_release(&growth_pool);
    reserve_release();
}

uint64_t growth_bytes_in_use(void)
{
    return atomic_load_explicit(&growth_pool.bytes_in_use, memory_order_relaxed) +
           reserve_bytes_in_use();
}

struct stack *growth_stack_new(void)
{
    if (growth_config.strategy == STACK_RESERVED) {
        return reserve_acquire();
    }
    struct stack *const stack = stack_acquire(&growth_pool, growth_config.stack_bytes_min);
    if (stack && growth_config.strategy == STACK_SEGMENTED) {
        segment_init(stack);
    }
    return stack;
}

void growth_stack_reset(struct coroutine *coroutine)
{
    struct stack *const stack = coroutine->stack;
    switch (growth_config.strategy) {
    case STACK_CONTIGUOUS:
        // A grown stack goes back to its cache: the next coroutine begins small again.
        if (stack->size_bytes != growth_config.stack_bytes_min) {
            stack_drop(&growth_pool, stack);
            coroutine->stack = NULL;
        }
        break;
    case STACK_SEGMENTED:
        segment_drop_spare(stack);
        break;
    case STACK_RESERVED:
        reserve_reset(stack);
        break;
    }
}

void growth_visit(const struct coroutine *coroutine,
                  void (*visit)(const void *base, size_t size_bytes, void *context), void *context)
{
    const char *sp = coroutine->sp;
    for (const struct stack *stack = coroutine->stack; stack; stack = segment_older(stack)) {
        ASSERT(stack_contains(stack, sp));
        visit(sp, (size_t)(stack_top(stack) - sp), context);
        sp = stack->older_sp;
    }
}

size_t growth_used_bytes(const struct coroutine *coroutine)
{
    size_t used_bytes = 0;
    const char *sp = coroutine->sp;
    for (const struct stack *stack = coroutine->stack; stack; stack = segment_older(stack)) {
        used_bytes += (size_t)(stack_top(stack) - sp);
        sp = stack->older_sp;
    }
    return used_bytes;
}

bool growth_contains(const struct coroutine *coroutine, const void *address)
{
    const struct stack *stack = coroutine->stack;
    while (stack && !stack_contains(stack, address)) {
        stack = segment_older(stack);
    }
    return stack != NULL;
}
