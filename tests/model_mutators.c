// Several coroutines change heap graphs while collections run, each against a shadow of its graph
// in malloc memory.
//
// Objects move between coroutines through channels: what has been sent belongs to the receiver, and
// until it arrives only the channel, a stack or the scheduler holds it. A list of all pointers that
// a coroutine ever held would keep the objects alive, so shadows know objects by content: each
// carries its id, and each of its pointer words a hash of what it should point to.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/heap_internal.h"
#include "tests/heap_support.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    MUTATOR_COUNT = 4,
    SLOT_COUNT = 512, // of a mutator's table
    CHILD_COUNT = 4,  // of a cell
    CHANNEL_CAPACITY = 8,
};

// A cell's content says everything about it, so that it can be checked by whoever holds it: the ids
// of its children are those that they must have. 0: no child.
struct cell {
    struct cell *children[CHILD_COUNT];
    uint64_t id;
    uint64_t child_ids[CHILD_COUNT];
    uint64_t check; // a hash of id and child_ids
};
static const uint64_t CELL_MAP[] = {(1 << CHILD_COUNT) - 1};
static const struct heap_type CELL = {"cell", sizeof(struct cell), CELL_MAP};

struct table {
    struct cell *cells[SLOT_COUNT];
};
// More than 64 words: read by elements.
static const uint64_t TABLE_MAP[SLOT_COUNT / 64] = {~0ull, ~0ull, ~0ull, ~0ull,
                                                    ~0ull, ~0ull, ~0ull, ~0ull};
static const struct heap_type TABLE = {"table", sizeof(struct table), TABLE_MAP};

struct mutator {
    struct table *table; // which roots.tables holds
    struct rng rng;
    uint64_t ids[SLOT_COUNT]; // the shadow of the table
    uint64_t next_id;
    uint64_t step_count;
    uint64_t wrong_count;
};

static struct {
    struct table *tables[MUTATOR_COUNT]; // registered roots
    struct channel *channels[MUTATOR_COUNT];
} roots;
static struct mutator mutators[MUTATOR_COUNT];
static _Atomic(uint32_t) done_count;
static _Atomic(uint64_t) sent_count, received_count;

static uint64_t hash_of(const struct cell *cell)
{
    uint64_t hash = cell->id * 0x9e3779b97f4a7c15u;
    for (int i = 0; i < CHILD_COUNT; i++) {
        hash = (hash ^ cell->child_ids[i]) * 0xff51afd7ed558ccdu;
    }
    return hash;
}

static bool is_right(const struct cell *cell, uint64_t id)
{
    return cell ? cell->id == id && cell->check == hash_of(cell) : id == 0;
}

static void check_cell(struct mutator *self, const struct cell *cell, uint64_t id)
{
    if (!is_right(cell, id)) {
        self->wrong_count++;
        return;
    }
    for (int i = 0; cell && i < CHILD_COUNT; i++) {
        self->wrong_count += !is_right(cell->children[i], cell->child_ids[i]);
    }
}

static struct cell *make(struct mutator *self)
{
    struct cell *const cell = heap_new(&CELL);
    for (size_t i = 0; i < sizeof *cell; i++) {
        self->wrong_count += ((const char *)cell)[i] != 0;
    }
    cell->id = self->next_id += MUTATOR_COUNT;
    cell->check = hash_of(cell);
    return cell;
}

static void set_slot(struct mutator *self, uint32_t slot, struct cell *cell)
{
    heap_store(&self->table->cells[slot], cell);
    self->ids[slot] = cell ? cell->id : 0;
}

// A cell is changed only until somebody else may hold it, so children are set in fresh ones: the
// graph is shared, and never written by two at once.
static struct cell *make_parent(struct mutator *self)
{
    struct cell *const parent = make(self);
    for (int i = 0; i < CHILD_COUNT; i++) {
        // Taken off the table: from here on the new cell alone holds it.
        const uint32_t slot = rng_below(&self->rng, SLOT_COUNT);
        struct cell *const child = self->table->cells[slot];
        if (!child || rng_below(&self->rng, 3) == 0) {
            continue;
        }
        check_cell(self, child, self->ids[slot]);
        if (rng_below(&self->rng, 2)) {
            set_slot(self, slot, NULL);
        }
        heap_store(&parent->children[i], child);
        parent->child_ids[i] = child->id;
        parent->check = hash_of(parent);
    }
    return parent;
}

// Unlinks a child and puts it where its parent was: the parent dies, the child is held by the stack
// alone in between, over an allocation.
static void replace_by_child(struct mutator *self, uint32_t slot)
{
    struct cell *const parent = self->table->cells[slot];
    if (!parent) {
        return;
    }
    const int index = (int)rng_below(&self->rng, CHILD_COUNT);
    const uint64_t child_id = parent->child_ids[index];
    struct cell *const child = parent->children[index];
    set_slot(self, slot, NULL);
    set_slot(self, (slot + 1) % SLOT_COUNT, make(self));
    check_cell(self, child, child_id);
    set_slot(self, slot, child);
}

static void send_and_receive(struct mutator *self, unsigned index, uint32_t slot)
{
    // Never full: each mutator sends to the next, and receives after each send what is there.
    struct cell *cell = self->table->cells[slot];
    if (!cell) {
        return;
    }
    set_slot(self, slot, NULL);
    struct channel_case send = {.channel = roots.channels[(index + 1) % MUTATOR_COUNT],
                                .operation = CHANNEL_SEND,
                                .element = &cell};
    if (channel_select(&send, 1, false) >= 0) {
        atomic_fetch_add(&sent_count, 1);
    } else {
        set_slot(self, slot, cell);
    }
    struct cell *got = NULL;
    struct channel_case receive = {
        .channel = roots.channels[index], .operation = CHANNEL_RECEIVE, .element = &got};
    if (channel_select(&receive, 1, false) >= 0) {
        atomic_fetch_add(&received_count, 1);
        check_cell(self, got, got ? got->id : 1);
        set_slot(self, rng_below(&self->rng, SLOT_COUNT), got);
    }
}

static void mutate(void *arg)
{
    struct mutator *const self = arg;
    const unsigned index = (unsigned)(self - mutators);
    heap_store(&roots.tables[index], heap_new(&TABLE));
    self->table = roots.tables[index];
    for (uint64_t step = 0; step < self->step_count; step++) {
        const uint32_t slot = rng_below(&self->rng, SLOT_COUNT);
        switch (rng_below(&self->rng, 8)) {
        case 0:
            set_slot(self, slot, NULL);
            break;
        case 1:
            check_cell(self, self->table->cells[slot], self->ids[slot]);
            break;
        case 2:
            replace_by_child(self, slot);
            break;
        case 3:
            send_and_receive(self, index, slot);
            break;
        case 4:
            heap_new_bytes(rng_below(&self->rng, 6000));
            break;
        case 5:
            coroutine_yield();
            break;
        default:
            set_slot(self, slot, make_parent(self));
        }
    }
    for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
        check_cell(self, self->table->cells[slot], self->ids[slot]);
    }
    atomic_fetch_add(&done_count, 1);
}

// The bytes of all that the tables and channels hold; ids that were seen are kept in a hash set.
struct set {
    uint64_t *ids;
    size_t capacity_count, count;
};

static bool set_add(struct set *set, uint64_t id)
{
    size_t i = id * 0x9e3779b97f4a7c15u >> 32 & (set->capacity_count - 1);
    while (set->ids[i] != 0 && set->ids[i] != id) {
        i = (i + 1) & (set->capacity_count - 1);
    }
    const bool added = set->ids[i] == 0;
    set->ids[i] = id;
    set->count += added;
    return added;
}

struct walk {
    struct set set;
    struct cell **stack;
    size_t depth;
    uint64_t wrong_count;
};

static void visit(struct walk *walk, struct cell *cell, uint64_t id)
{
    if (!is_right(cell, id)) {
        walk->wrong_count++;
    } else if (cell && set_add(&walk->set, id)) {
        walk->stack[walk->depth++] = cell;
    }
}

// On the system stack, because it calls malloc().
static void count_reachable(void *arg)
{
    uint64_t *const cell_count = arg;
    enum { CAPACITY = 1 << 21 };
    struct walk walk = {.set = {.ids = calloc(CAPACITY, 8), .capacity_count = CAPACITY},
                        .stack = malloc(CAPACITY * sizeof(struct cell *))};
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
            visit(&walk, roots.tables[i]->cells[slot], mutators[i].ids[slot]);
        }
    }
    while (walk.depth > 0 && walk.set.count < CAPACITY / 2) {
        const struct cell *const cell = walk.stack[--walk.depth];
        for (int i = 0; i < CHILD_COUNT; i++) {
            visit(&walk, cell->children[i], cell->child_ids[i]);
        }
    }
    CHECK_EQUAL(walk.depth, 0);
    CHECK_EQUAL(walk.wrong_count, 0);
    *cell_count = walk.set.count;
    free(walk.set.ids);
    free(walk.stack);
}

NOINLINE static void drain_channels(void)
{
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        channel_close(roots.channels[i]);
        struct cell *cell;
        while (channel_receive(roots.channels[i], &cell)) {
            atomic_fetch_add(&received_count, 1);
            CHECK(is_right(cell, cell->id));
        }
        roots.channels[i] = NULL;
    }
}

static void count_in_coroutine(void *arg)
{
    uint64_t cell_count = 0;
    drain_channels();
    coroutine_on_system_stack(count_reachable, &cell_count);
    *(uint64_t *)arg = cell_count;
    atomic_fetch_add(&done_count, 1);
}

static void wait_for(uint32_t count)
{
    while (atomic_load(&done_count) < count) {
        coroutine_yield();
    }
}

NOINLINE static void make_channels(void)
{
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        roots.channels[i] = channel_new(sizeof(struct cell *), CHANNEL_CAPACITY);
    }
}

// Touches no object, so that its stack holds none.
static void run_mutators(void *arg)
{
    (void)arg;
    static uint64_t cell_count;
    heap_root_add(&roots, sizeof roots);
    make_channels();
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        CHECK_EQUAL(coroutine_spawn(mutate, &mutators[i]), 0);
    }
    wait_for(MUTATOR_COUNT);
    CHECK_EQUAL(coroutine_spawn(count_in_coroutine, &cell_count), 0);
    wait_for(MUTATOR_COUNT + 1);
    heap_collect();
    const struct runtime_stats stats = stats_now();
    // Nothing but cells and tables is left; finished coroutines leave no stack to be read.
    const uint64_t table_bytes = size_class_table[size_class_of(sizeof(struct table))].object_bytes;
    const uint64_t cell_bytes = size_class_table[size_class_of(sizeof(struct cell))].object_bytes;
    CHECK_EQUAL(stats.heap_live_bytes, cell_count * cell_bytes + MUTATOR_COUNT * table_bytes);
    CHECK(stats.gc_count > 2);
}

struct plan {
    unsigned procs, stress, gc_percent;
    uint64_t step_count;
};

static void run_plan(struct plan plan)
{
    memset(&roots, 0, sizeof roots);
    atomic_store(&done_count, 0);
    atomic_store(&sent_count, 0);
    atomic_store(&received_count, 0);
    for (unsigned i = 0; i < MUTATOR_COUNT; i++) {
        mutators[i] = (struct mutator){.next_id = i + 1, .step_count = plan.step_count};
        rng_init(&mutators[i].rng, plan.procs * 100 + i);
    }
    const struct runtime_config config = {.procs = plan.procs,
                                          .stress = plan.stress,
                                          .gc_percent = plan.gc_percent,
                                          .stack_bytes_min = 16 * KIB};
    CHECK_EQUAL(runtime_run(&config, run_mutators, NULL), 0);
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        CHECK_EQUAL(mutators[i].wrong_count, 0);
    }
    CHECK(atomic_load(&sent_count) > 0);
    CHECK_EQUAL(atomic_load(&sent_count), atomic_load(&received_count));
}

static void run_beside_one(void)
{
    run_plan((struct plan){.procs = 1, .step_count = 1000000});
    run_plan((struct plan){.procs = 1, .step_count = 100000, .stress = STRESS_CHECK_MARK});
}

static void run_beside_two(void)
{
    run_plan((struct plan){.procs = 2, .step_count = 1000000});
    run_plan((struct plan){.procs = 2, .step_count = 100000, .stress = STRESS_CHECK_MARK});
}

TEST(graphs_survive_collections_beside_one_processor)
{
    each_way_of_marking(run_beside_one);
}

TEST(graphs_survive_collections_beside_two_processors)
{
    each_way_of_marking(run_beside_two);
}

TEST(graphs_survive_beside_more_processors_than_there_are)
{
    run_plan((struct plan){.procs = 4, .step_count = 100000, .stress = STRESS_CHECK_MARK});
}

TEST(graphs_survive_moving_stacks)
{
    run_plan((struct plan){
        .procs = 2, .step_count = 5000, .stress = STRESS_CHECK_MARK | STRESS_STACK_MOVE});
}

TEST(graphs_survive_a_collection_at_every_allocation)
{
    run_plan((struct plan){
        .procs = 1, .step_count = 300, .stress = STRESS_CHECK_MARK | STRESS_GC_ALLOC});
    run_plan((struct plan){.procs = 2, .step_count = 300, .stress = STRESS_GC_ALLOC});
}
