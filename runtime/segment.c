// Compiled with -mgeneral-regs-only, like stack.c: on the way in vector registers hold arguments,
// on the way back they hold a result.
#include "runtime/segment.h"

#include "base/assert.h"
#include "runtime/fibre.h"
#include "runtime/proc.h"

enum {
    // Of every segment after the first, unless a frame needs more. Larger ones would hide what this
    // strategy is here to show, smaller ones spend their time in this file.
    SEGMENT_BYTES = 4096,
    ARGUMENT_ALIGNMENT = 64, // of vectors among the arguments, at most
    // Under stress every call gets a segment of its own up to this depth.
    STRESS_SEGMENT_COUNT = 500,
};

void segment_init(struct stack *stack)
{
    stack->next = NULL;
    stack->older = NULL;
    stack->older_sp = NULL;
    stack->total_bytes = stack->size_bytes;
}

void segment_drop_spare(struct stack *stack)
{
    if (stack->next) {
        stack_drop(&growth_pool, stack->next);
        stack->next = NULL;
    }
}

// Not every call to __morestack is for want of room: stress and requests to a proc cause some.
static bool fits(const struct coroutine *coroutine, size_t frame_bytes)
{
    const struct stack *const stack = coroutine->stack;
    const size_t left_bytes = (size_t)((char *)coroutine->sp - stack->base);
    const bool want_new = growth_config.stress_move &&
                          stack->total_bytes < (size_t)STRESS_SEGMENT_COUNT * SEGMENT_BYTES;
    return left_bytes >= frame_bytes + STACK_SLACK_BYTES && !want_new;
}

// The spare one, or one from the pool.
static struct stack *take(struct coroutine *coroutine, size_t need_bytes)
{
    struct stack *const older = coroutine->stack;
    struct stack *segment = older->next;
    if (segment && segment->size_bytes >= need_bytes) {
        older->next = NULL;
        return segment;
    }
    size_t size_bytes = SEGMENT_BYTES;
    while (size_bytes < need_bytes) {
        size_bytes *= 2;
    }
    if (older->total_bytes + size_bytes > growth_config.stack_bytes_max) {
        growth_overflow(coroutine, older->total_bytes + need_bytes);
    }
    segment = stack_acquire(&growth_pool, size_bytes);
    if (!segment) {
        growth_refused(size_bytes);
    }
    segment->next = NULL;
    return segment;
}

// The words are copied as the machine left them.
__attribute__((no_sanitize("address", "thread", "undefined"))) static void
copy_words(uint64_t *to, const uint64_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

void *segment_push(struct coroutine *coroutine, struct growth_frame *frame, size_t frame_bytes)
{
    if (fits(coroutine, frame_bytes)) {
        return NULL;
    }
    const size_t argument_words = (frame->r11 + 15) / 16 * 2;
    // Above the frame: the return address, then the arguments.
    const uint64_t *const arguments = (const uint64_t *)(frame + 1) + 1;
    struct stack *const segment =
        take(coroutine, frame_bytes + ARGUMENT_ALIGNMENT + argument_words * sizeof *arguments +
                            STACK_SLACK_BYTES);
    struct stack *const older = coroutine->stack;
    segment->older = older;
    segment->older_sp = &frame->rbp; // where __morestack keeps rbp while the segment is in use
    segment->total_bytes = older->total_bytes + segment->size_bytes;
    uint64_t *sp = (uint64_t *)stack_top(segment) - argument_words;
    sp -= ((uintptr_t)sp - (uintptr_t)arguments) % ARGUMENT_ALIGNMENT / sizeof *sp;
    copy_words(sp, arguments, argument_words);
    coroutine->stack = segment;
    coroutine->stack_limit = growth_limit(segment);
    fibre_set_stack(&coroutine->fibre, segment->base, segment->size_bytes);
    return sp;
}

static __attribute__((noinline)) void pop(void)
{
    struct proc *const proc = proc_current;
    struct coroutine *const coroutine = proc->running;
    struct stack *const segment = coroutine->stack;
    struct stack *const older = segment->older;
    ASSERT(!proc->on_system);
    ASSERT(older);
    segment_drop_spare(segment);
    coroutine->stack = older;
    coroutine->stack_limit = growth_limit(older);
    fibre_set_stack(&coroutine->fibre, older->base, older->size_bytes);
    fibre_change_stack(&coroutine->fibre, &coroutine->fibre);
    // Under stress a stale pointer into it is to fault.
    if (segment->size_bytes == SEGMENT_BYTES && !older->next && !growth_config.stress_move) {
        older->next = segment;
    } else {
        stack_drop(&growth_pool, segment);
    }
    proc_limit_set(proc, coroutine->stack_limit);
}

// Called by __morestack when a function has returned, on the segment before its own, within the
// slack. Vector registers hold its result.
void segment_pop(void);
FIBRE_UNSEEN void segment_pop(void)
{
    if (!FIBRE_USES_VECTORS) {
        pop();
        return;
    }
    char registers[CONTEXT_VECTOR_BYTES] __attribute__((aligned(64)));
    context_vectors_save(registers);
    pop();
    context_vectors_restore(registers);
}
