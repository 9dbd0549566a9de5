// Random graphs against a shadow, while several coroutines change them and collections run.
//
// Mutators keep references everywhere a program can: in objects, roots, frames, buffers of
// channels, blocked senders, arguments of coroutines that have not begun. When all of them have
// finished, a collection must leave exactly what the shadow calls reachable, in bytes; their stacks
// are gone by then, so no stale word excuses a difference.
#include "tests/heap_support.h"
#include "tests/shadow.h"

#include <stdatomic.h>

enum {
    HELD_COUNT = 8, // references in a mutator's frame
    MUTATOR_COUNT_MAX = 6,
    COURIER_COUNT_MAX = 40,
    EXCHANGE_COUNT = 50, // elements in the buffered channel
};

struct plan {
    struct runtime_config config;
    uint64_t seed;
    unsigned mutator_count;
    unsigned round_count;
    unsigned step_count;    // of a mutator in a round
    bool collector;         // a coroutine that collects all the time
    uint32_t ballast_count; // nodes of a list between what is marked early and late
};

static struct {
    struct plan plan;
    struct rng rng;
    unsigned round;
    struct node *ballast;
    struct channel *exchange; // buffered
    struct channel *meeting;  // what couriers bring
    struct channel *quiet;    // never used
    struct channel *done;
    _Atomic(bool) ended;
    _Atomic(uint32_t) courier_count;
    // Objects that the shadow does not know: couriers' arguments, and what selects may allocate.
    _Atomic(uint64_t) note_count;
    _Atomic(uint64_t) select_count;
    uint64_t base_live_bytes;
    uint64_t base_count;
    uint64_t peak_live_bytes;
} model;

struct mutator {
    unsigned owner;
    struct rng rng;
    struct shadow_ref held[HELD_COUNT];
};

static struct shadow_ref *any_held(struct mutator *mutator)
{
    return &mutator->held[rng_below(&mutator->rng, HELD_COUNT)];
}

// Something of the mutator's, or that it holds; perhaps nothing.
static struct shadow_ref any_known(struct mutator *mutator)
{
    const uint32_t from = rng_below(&mutator->rng, HELD_COUNT + SHADOW_ROOT_COUNT);
    return from < HELD_COUNT ? mutator->held[from] : shadow_root(mutator->owner, from - HELD_COUNT);
}

static void exchange(struct mutator *mutator)
{
    struct shadow_ref *const held = any_held(mutator);
    struct shadow_ref received = {0};
    const struct shadow_ref sent = *held;
    struct channel_case cases[] = {
        {.channel = model.exchange, .operation = CHANNEL_SEND, .element = held},
        {.channel = model.exchange, .operation = CHANNEL_RECEIVE, .element = &received},
        {.channel = model.meeting, .operation = CHANNEL_RECEIVE, .element = &received},
    };
    shadow_sent(sent);
    atomic_fetch_add(&model.select_count, 1);
    const int chosen = channel_select(cases, 3, false);
    if (chosen == 0) {
        *held = (struct shadow_ref){0};
        return;
    }
    shadow_received(sent);
    if (chosen > 0) {
        shadow_received(received);
        shadow_verify(received);
        *any_held(mutator) = received;
    }
}

// Brings the reference in its argument to whoever receives it.
static void courier(void *arg)
{
    const struct shadow_ref ref = *(struct shadow_ref *)arg;
    shadow_verify(ref);
    if (ref.id % 2) {
        channel_send(model.meeting, &ref);
    } else {
        struct channel_case cases[] = {
            {.channel = model.quiet, .operation = CHANNEL_RECEIVE},
            {.channel = model.meeting, .operation = CHANNEL_SEND, .element = (void *)&ref},
        };
        atomic_fetch_add(&model.select_count, 1);
        channel_select(cases, 2, true);
    }
    atomic_fetch_sub(&model.courier_count, 1);
}

static void send_courier(struct mutator *mutator)
{
    struct shadow_ref *const held = any_held(mutator);
    if (held->id == 0 || atomic_load(&model.courier_count) >= COURIER_COUNT_MAX) {
        return;
    }
    struct shadow_ref *const note = heap_new_conservative(sizeof *note);
    note->id = held->id;
    heap_store(&note->pointer, held->pointer);
    shadow_sent(*held);
    *held = (struct shadow_ref){0};
    atomic_fetch_add(&model.courier_count, 1);
    atomic_fetch_add(&model.note_count, 1);
    CHECK_EQUAL(coroutine_spawn(courier, note), 0);
}

static void step(struct mutator *mutator);

// A frame that holds a reference while its callees work, and collections come and go.
NOINLINE static void dive(struct mutator *mutator, uint32_t depth)
{
    const struct shadow_ref kept = any_known(mutator);
    if (depth > 0) {
        dive(mutator, depth - 1);
    } else {
        for (int i = 0; i < 5; i++) {
            step(mutator);
        }
    }
    shadow_verify(kept);
    if (depth % 8 == 0) {
        *any_held(mutator) = kept;
    }
}

static void step(struct mutator *mutator)
{
    struct rng *const rng = &mutator->rng;
    const unsigned owner = mutator->owner;
    const uint32_t choice = rng_below(rng, 64);
    if (choice < 14) {
        struct shadow_ref *const held = any_held(mutator);
        *held = shadow_create(owner, rng);
        shadow_link(owner, shadow_walk(owner, any_known(mutator), rng), *held, rng);
    } else if (choice < 30) {
        shadow_link(owner, shadow_walk(owner, any_known(mutator), rng), any_known(mutator), rng);
    } else if (choice < 38) {
        *any_held(mutator) = shadow_walk(owner, any_known(mutator), rng);
    } else if (choice < 46) {
        const struct shadow_ref from = shadow_walk(owner, any_known(mutator), rng);
        shadow_move(owner, from, shadow_walk(owner, any_known(mutator), rng), rng);
    } else if (choice < 47) {
        shadow_link(owner, shadow_walk(owner, any_known(mutator), rng), (struct shadow_ref){0},
                    rng);
    } else if (choice < 48) {
        const uint32_t root = rng_below(rng, SHADOW_ROOT_COUNT);
        // Rarely in place of another: what only that one held is lost.
        if (shadow_root(owner, root).id == 0 || rng_below(rng, 16) == 0) {
            shadow_root_set(owner, root, any_known(mutator));
        }
    } else if (choice < 49) {
        *any_held(mutator) = (struct shadow_ref){0};
    } else if (choice < 54) {
        exchange(mutator);
    } else if (choice < 56) {
        send_courier(mutator);
    } else if (choice < 63) {
        coroutine_yield();
    } else if (rng_below(rng, 4) == 0) {
        dive(mutator, rng_below(rng, 40));
    }
}

// A round begins with a graph that is worth losing.
static void grow(struct mutator *mutator)
{
    for (uint32_t i = 0; i < model.plan.step_count / 32; i++) {
        struct rng *const rng = &mutator->rng;
        const uint32_t root = rng_below(rng, SHADOW_ROOT_COUNT);
        const struct shadow_ref made = shadow_create(mutator->owner, rng);
        const struct shadow_ref old = shadow_root(mutator->owner, root);
        if (old.id == 0) {
            shadow_root_set(mutator->owner, root, made);
        } else {
            shadow_link(mutator->owner, shadow_walk(mutator->owner, old, rng), made, rng);
        }
    }
}

static void mutate(void *arg)
{
    const unsigned owner = (unsigned)(uintptr_t)arg;
    struct mutator mutator = {.owner = owner};
    rng_init(&mutator.rng, model.plan.seed << 32 | model.round << 8 | owner);
    grow(&mutator);
    for (unsigned i = 0; i < model.plan.step_count; i++) {
        step(&mutator);
    }
    for (uint32_t i = 0; i < HELD_COUNT; i++) {
        shadow_verify(mutator.held[i]);
    }
    channel_send(model.done, NULL);
}

static void collect_often(void *arg)
{
    (void)arg;
    while (!atomic_load(&model.ended)) {
        heap_collect();
        coroutine_yield();
    }
    channel_send(model.done, NULL);
}

// Receives what couriers still bring, so that none is left.
static void drain(void *arg)
{
    (void)arg;
    while (atomic_load(&model.courier_count) > 0) {
        struct shadow_ref received;
        struct channel_case receive = {
            .channel = model.meeting, .operation = CHANNEL_RECEIVE, .element = &received};
        atomic_fetch_add(&model.select_count, 1);
        if (channel_select(&receive, 1, false) == 0) {
            shadow_received(received);
            shadow_verify(received);
            shadow_root_set(rng_below(&model.rng, model.plan.mutator_count),
                            rng_below(&model.rng, SHADOW_ROOT_COUNT), received);
        }
        coroutine_yield();
    }
    channel_send(model.done, NULL);
}

static void compare(void *arg)
{
    (void)arg;
    const struct runtime_stats stats = stats_now();
    const struct shadow_totals totals = shadow_compare();
    CHECK_EQUAL(totals.wrong_count, 0);
    CHECK_EQUAL(stats.heap_live_bytes, model.base_live_bytes + totals.live_bytes);
    const uint64_t least_count =
        model.base_count + totals.created_count + atomic_load(&model.note_count);
    CHECK(stats.heap_alloc_count >= least_count);
    CHECK(stats.heap_alloc_count <= least_count + atomic_load(&model.select_count));
    if (totals.live_bytes > model.peak_live_bytes) {
        model.peak_live_bytes = totals.live_bytes;
    }
    channel_send(model.done, NULL);
}

static void run_alone(void (*fn)(void *))
{
    CHECK_EQUAL(coroutine_spawn(fn, NULL), 0);
    channel_receive(model.done, NULL);
}

static void prepare(void *arg)
{
    (void)arg;
    shadow_begin();
    // Built from its end: what hangs on the first nodes is marked last.
    model.ballast = NULL;
    const uint32_t node_count = model.plan.ballast_count + model.plan.mutator_count;
    for (uint32_t i = 0; i < node_count; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, model.ballast);
        heap_store(&model.ballast, node);
        if (i < model.plan.mutator_count / 2) {
            heap_store(&node->other, shadow_make_roots(i));
        } else if (i >= node_count - (model.plan.mutator_count + 1) / 2) {
            heap_store(&node->other, shadow_make_roots(i - model.plan.ballast_count));
        }
    }
    channel_send(model.done, NULL);
}

// Touches no object of the graph, so that its stack holds none.
static void run_rounds(void *arg)
{
    (void)arg;
    heap_root_add(&model, sizeof model);
    model.done = channel_new(0, 0);
    model.exchange = channel_new(sizeof(struct shadow_ref), EXCHANGE_COUNT);
    model.meeting = channel_new(sizeof(struct shadow_ref), 0);
    model.quiet = channel_new(0, 0);
    run_alone(prepare);
    heap_collect();
    model.base_live_bytes = stats_now().heap_live_bytes;
    model.base_count = stats_now().heap_alloc_count;
    for (model.round = 0; model.round < model.plan.round_count; model.round++) {
        atomic_store(&model.ended, false);
        for (uintptr_t i = 0; i < model.plan.mutator_count; i++) {
            CHECK_EQUAL(coroutine_spawn(mutate, (void *)i), 0);
        }
        if (model.plan.collector) {
            CHECK_EQUAL(coroutine_spawn(collect_often, NULL), 0);
        }
        for (unsigned i = 0; i < model.plan.mutator_count; i++) {
            channel_receive(model.done, NULL);
        }
        atomic_store(&model.ended, true);
        if (model.plan.collector) {
            channel_receive(model.done, NULL);
        }
        run_alone(drain);
        heap_collect();
        run_alone(compare);
    }
}

static void run_plan(struct plan plan)
{
    plan.mutator_count = plan.mutator_count ? plan.mutator_count : 4;
    CHECK(plan.mutator_count <= MUTATOR_COUNT_MAX);
    model.plan = plan;
    model.plan.round_count *= test_length();
    model.peak_live_bytes = 0;
    atomic_store(&model.note_count, 0);
    atomic_store(&model.select_count, 0);
    rng_init(&model.rng, plan.seed);
    shadow_init(plan.mutator_count, 8000);
    if (plan.config.stack_bytes_min == 0) {
        plan.config.stack_bytes_min = 64 * KIB;
    }
    mark_in_way((unsigned)plan.seed);
    CHECK_EQUAL(runtime_run(&plan.config, run_rounds, NULL), 0);
    CHECK(model.peak_live_bytes > 0);
    shadow_release();
}

TEST(graphs_equal_their_shadow_on_one_proc)
{
    run_plan((struct plan){.config = {.procs = 1},
                           .seed = 1,
                           .round_count = 8,
                           .step_count = 20000,
                           .ballast_count = 40000});
    run_plan((struct plan){.config = {.procs = 1, .gc_percent = 20},
                           .seed = 2,
                           .round_count = 4,
                           .step_count = 20000,
                           .collector = true});
}

TEST(graphs_equal_their_shadow_on_two_procs)
{
    run_plan((struct plan){.config = {.procs = 2},
                           .seed = 11,
                           .round_count = 8,
                           .step_count = 20000,
                           .ballast_count = 40000});
    run_plan((struct plan){.config = {.procs = 2, .gc_percent = 20},
                           .seed = 12,
                           .round_count = 4,
                           .step_count = 20000,
                           .ballast_count = 20000,
                           .collector = true});
}

TEST(graphs_equal_their_shadow_on_more_procs_than_processors)
{
    run_plan((struct plan){.config = {.procs = 5},
                           .seed = 21,
                           .mutator_count = 6,
                           .round_count = 3,
                           .step_count = 15000,
                           .collector = true});
}

TEST(graphs_equal_their_shadow_on_small_stacks)
{
    run_plan((struct plan){.config = {.procs = 2, .stack_bytes_min = 2048},
                           .seed = 31,
                           .round_count = 4,
                           .step_count = 15000,
                           .ballast_count = 10000,
                           .collector = true});
}

TEST(graphs_equal_their_shadow_when_marks_are_checked)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        run_plan((struct plan){.config = {.procs = procs, .stress = STRESS_CHECK_MARK},
                               .seed = 40 + procs,
                               .round_count = 3,
                               .step_count = 15000,
                               .collector = true});
    }
}

TEST(graphs_equal_their_shadow_when_every_allocation_collects)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        const unsigned stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK;
        run_plan((struct plan){.config = {.procs = procs, .stress = stress},
                               .seed = 50 + procs,
                               .round_count = 3,
                               .step_count = 700});
        run_plan((struct plan){.config = {.procs = procs, .stress = stress | STRESS_STACK_MOVE},
                               .seed = 60 + procs,
                               .round_count = 3,
                               .step_count = 400});
    }
}
