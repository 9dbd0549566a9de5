// Every pointer written into a heap object goes through heap_store(): in random graph operations
// and in all workloads. And the oracle that says so sees each way of writing one that does not.
#include "tests/heap_support.h"
#include "tests/shadow.h"
#include "tests/write_oracle.h"

#include "harness/workload_build.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct write_oracle oracle;

static void run_watched(void (*fn)(void *))
{
    if (!write_oracle_available()) {
        printf("skip: the oracle does not know this architecture\n");
        return;
    }
    run_with((struct runtime_config){.procs = 1}, fn);
}

static void expect_none(const char *where)
{
    for (uint64_t i = 0; i < oracle.missed_count && i < WRITE_ORACLE_REPORT_COUNT; i++) {
        const struct write_oracle_report *const report = &oracle.reports[i];
        test_fail(__FILE__, __LINE__, "%s: %#zx at %#zx changed to %#zx without barrier at %#zx",
                  where, report->old_word, report->slot, report->new_word, report->code);
    }
    CHECK_EQUAL(oracle.missed_count, 0);
}

// ---- what the oracle sees -----------------------------------------------------------------------

// Writes are made through volatile pointers, or in assembly: the compiler must not move them.
struct scene {
    struct node *node; // its words 0 and 2 are pointers
    struct node *target;
    struct node *array;
    void **large;
    void **words; // conservative
    uint64_t *bytes;
};

enum { LARGE_COUNT = 9000, ARRAY_COUNT = 20 };
static const uint64_t WORD_MAP[] = {1};
static const struct heap_type WORD = {"pointer", 8, WORD_MAP};

static void write_word(void *slot, const void *value)
{
    *(const void *volatile *)slot = value;
}

static void *store_plainly(struct scene *scene)
{
    write_word(&scene->node->next, scene->target);
    return &scene->node->next;
}

static void *erase_plainly(struct scene *scene)
{
    write_word(&scene->node->other, NULL);
    return &scene->node->other;
}

static void *store_interior(struct scene *scene)
{
    write_word(&scene->array[7].other, &scene->target->hidden);
    return &scene->array[7].other;
}

static void *store_in_large(struct scene *scene)
{
    write_word(&scene->large[LARGE_COUNT - 1], scene->target);
    return &scene->large[LARGE_COUNT - 1];
}

static void *store_conservatively(struct scene *scene)
{
    write_word(&scene->words[5], scene->target);
    return &scene->words[5];
}

static void *erase_conservatively(struct scene *scene)
{
    write_word(&scene->words[1], (void *)(uintptr_t)1);
    return &scene->words[1];
}

static void *copy_bytes(struct scene *scene)
{
    uintptr_t word = (uintptr_t)scene->target;
    char *to = (char *)&scene->node->next;
    const char *from = (const char *)&word;
    size_t count = 3; // half a pointer is a change
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return &scene->node->next;
}

static void *exchange(struct scene *scene)
{
    (void)__atomic_exchange_n(&scene->node->next, scene->target, __ATOMIC_SEQ_CST);
    return &scene->node->next;
}

static void *store_in_vector(struct scene *scene)
{
    const uintptr_t pair[2] = {0, (uintptr_t)scene->target};
    __asm__ volatile("movups %0, %%xmm0; movups %%xmm0, %1"
                     :
                     : "m"(pair), "m"(*(char(*)[16]) & scene->array[3].value)
                     : "xmm0", "memory");
    return &scene->array[3].other;
}

static void *(*const violations[])(struct scene *) = {
    store_plainly,        erase_plainly, store_interior, store_in_large,  store_conservatively,
    erase_conservatively, copy_bytes,    exchange,       store_in_vector,
};
enum { VIOLATION_COUNT = sizeof violations / sizeof violations[0] };

static struct scene make_scene(void)
{
    struct scene scene = {
        .node = heap_new(&NODE),
        .target = heap_new(&NODE),
        .array = heap_new_array(&NODE, ARRAY_COUNT),
        .large = heap_new_array(&WORD, LARGE_COUNT),
        .words = heap_new_conservative(64),
        .bytes = heap_new_bytes(64),
    };
    heap_store(&scene.node->other, scene.target);
    heap_store(&scene.words[1], scene.target);
    return scene;
}

static void violate(void *arg)
{
    (void)arg;
    for (int i = 0; i < VIOLATION_COUNT; i++) {
        write_oracle_begin();
        struct scene scene = make_scene();
        const uintptr_t slot = (uintptr_t)violations[i](&scene);
        write_oracle_end(&oracle);
        // A byte at a time is a report each.
        const bool alone = oracle.missed_count == 1 || violations[i] == copy_bytes;
        if (!alone || oracle.missed_count == 0 || oracle.reports[0].slot != slot) {
            test_fail(__FILE__, __LINE__, "violation %d: %lu reports, slot %#zx, not %#zx", i,
                      oracle.missed_count, oracle.reports[0].slot, slot);
        }
    }
}

TEST(the_oracle_reports_each_way_to_miss_the_barrier)
{
    run_watched(violate);
}

static void store_in_old(void *arg)
{
    (void)arg;
    struct node *const old = heap_new(&NODE);
    write_oracle_begin();
    struct node *const target = heap_new(&NODE);
    write_word(&old->next, target);
    write_oracle_end(&oracle);
    CHECK_EQUAL(oracle.missed_count, 1);
    CHECK_EQUAL(oracle.reports[0].slot, (uintptr_t)&old->next);
    CHECK_EQUAL(oracle.reports[0].new_word, (uintptr_t)target);
}

TEST(the_oracle_knows_pointers_in_objects_made_before)
{
    run_watched(store_in_old);
}

// What needs no barrier: data that may look like a pointer, in words that hold none.
static void behave(void *arg)
{
    (void)arg;
    write_oracle_begin();
    struct scene scene = make_scene();
    for (int i = 0; i < 100; i++) {
        write_word(&scene.node->value, scene.target);
        write_word(&scene.array[i % ARRAY_COUNT].hidden, scene.target);
        write_word(&scene.bytes[i % 8], scene.target);
        write_word(&scene.words[6], (void *)(uintptr_t)i);
        heap_store(&scene.node->next, i % 2 ? scene.target : NULL);
        heap_store(&scene.large[i], &scene.array[i % ARRAY_COUNT].value);
        if (i % 10 == 0) {
            heap_new_bytes(100000);
            heap_collect();
        }
    }
    write_oracle_end(&oracle);
    expect_none("data");
    CHECK(oracle.write_count >= 500);
    CHECK_EQUAL(oracle.store_count, 202);
}

TEST(the_oracle_reports_nothing_else)
{
    run_watched(behave);
}

// ---- our own code -------------------------------------------------------------------------------

enum { OWNER_COUNT = 2, HELD_COUNT = 6 };
static struct channel *channel;
static void *owner_roots[OWNER_COUNT];
static _Atomic(uint32_t) ended_count;

// As in model_graph.c, with fewer kinds of steps.
static void mutate(void *arg)
{
    const unsigned owner = (unsigned)(uintptr_t)arg;
    struct rng rng;
    rng_init(&rng, owner);
    struct shadow_ref held[HELD_COUNT] = {0};
    for (uint32_t i = 0; i < SHADOW_ROOT_COUNT; i++) {
        held[i % HELD_COUNT] = shadow_create(owner, &rng);
        shadow_root_set(owner, i, held[i % HELD_COUNT]);
    }
    for (unsigned i = 0; i < 3000 * test_length(); i++) {
        struct shadow_ref *const at = &held[rng_below(&rng, HELD_COUNT)];
        const struct shadow_ref other = held[rng_below(&rng, HELD_COUNT)];
        switch (rng_below(&rng, 8)) {
        case 0:
            *at = rng_below(&rng, 3) ? shadow_root(owner, rng_below(&rng, SHADOW_ROOT_COUNT))
                                     : shadow_create(owner, &rng);
            break;
        case 1:
            shadow_root_set(owner, rng_below(&rng, SHADOW_ROOT_COUNT), *at);
            break;
        case 2:
            channel_send(channel, at);
            *at = (struct shadow_ref){0};
            channel_receive(channel, at);
            break;
        case 3:
            coroutine_yield();
            break;
        case 4:
            *at = shadow_walk(owner, other, &rng);
            break;
        case 5:
            shadow_move(owner, *at, other, &rng);
            break;
        default:
            shadow_link(owner, shadow_walk(owner, *at, &rng), other, &rng);
        }
    }
    atomic_fetch_add(&ended_count, 1);
}

static void mutate_watched(void *arg)
{
    (void)arg;
    atomic_store(&ended_count, 0);
    heap_root_add(&channel, sizeof channel);
    heap_root_add(owner_roots, sizeof owner_roots);
    shadow_begin();
    write_oracle_begin();
    for (unsigned i = 0; i < OWNER_COUNT; i++) {
        owner_roots[i] = shadow_make_roots(i);
    }
    channel = channel_new(sizeof(struct shadow_ref), 3);
    for (uintptr_t i = 0; i < OWNER_COUNT; i++) {
        CHECK_EQUAL(coroutine_spawn(mutate, (void *)i), 0);
    }
    while (atomic_load(&ended_count) < OWNER_COUNT) {
        coroutine_yield();
    }
    write_oracle_end(&oracle);
    expect_none("random graphs");
    CHECK(oracle.store_count > 400);
    CHECK(oracle.channel_count > 100);
    CHECK_EQUAL(shadow_compare().wrong_count, 0);
}

TEST(random_graphs_write_every_pointer_through_the_barrier)
{
    shadow_init(OWNER_COUNT, 2000);
    run_watched(mutate_watched);
    shadow_release();
}

// Every workload's copy for the collected heap, with each of its parameters that is not too large.
extern const struct workload_build *const __start_workload_builds[];
extern const struct workload_build *const __stop_workload_builds[];

struct task {
    const struct workload_build *build;
    struct workload_run run;
};

static uint64_t all_store_count;

static void watch_task(void *held, void *context)
{
    struct task *const task = context;
    task->run.held = held;
    task->build->run(&task->run);
    write_oracle_end(&oracle);
    expect_none(task->build->name);
    all_store_count += oracle.store_count;
}

static void run_task(void *arg)
{
    struct task *const task = arg;
    write_oracle_begin();
    workload_build_prepare(task->build, task->run.parameter, watch_task, task);
}

TEST(workloads_write_every_pointer_through_the_barrier)
{
    int workload_count = 0;
    all_store_count = 0;
    for (const struct workload_build *const *at = __start_workload_builds;
         write_oracle_available() && at < __stop_workload_builds; at++) {
        const struct workload_build *const build = *at;
        for (int i = 0; i == 0 || build->parameters[i]; i++) {
            // A parameter is a size, mostly: the small ones have the same code.
            if (build->parameters[i] > 64 * KIB) {
                continue;
            }
            struct task task = {build, {.op_count = 2, .parameter = build->parameters[i]}};
            const struct runtime_config config = {.procs = 1,
                                                  .stack_bytes_min = build->stack_bytes_min
                                                                         ? build->stack_bytes_min
                                                                         : WORKLOAD_STACK_BYTES};
            CHECK_EQUAL(runtime_run(&config, run_task, &task), 0);
        }
        workload_count++;
    }
    CHECK(!write_oracle_available() || workload_count >= 5);
    CHECK(!write_oracle_available() || all_store_count > 20);
}
