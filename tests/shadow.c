// The complement of an address stands for it, so that no copy of the shadow's words on a stack
// keeps an object alive.
#include "tests/shadow.h"

#include "runtime/runtime.h"

#include <stdatomic.h>
#include <stdlib.h>

enum kind { TYPED_4, TYPED_13, TYPED_100, PLAIN_3, CONSERVATIVE, BYTES };

static const uint64_t MAP_4[] = {0x5};
static const uint64_t MAP_13[] = {1 << 1 | 1 << 5 | 1 << 12};
static const uint64_t MAP_100[] = {1ull << 3 | 1ull << 63, 1ull | 1ull << 35};
static const struct heap_type TYPES[] = {
    [TYPED_4] = {"of 4 words", 4 * 8, MAP_4},
    [TYPED_13] = {"of 13 words", 13 * 8, MAP_13},
    [TYPED_100] = {"of 100 words", 100 * 8, MAP_100},
    [PLAIN_3] = {"of 3 words without pointers", 3 * 8, NULL},
};

// What objects there are. Those in front are made most often; the last ones are large objects.
static const struct shape {
    enum kind kind;
    uint32_t count; // elements, 0 for heap_new(); words where there is no type
} SHAPES[] = {
    {TYPED_4, 0},          {TYPED_13, 0},        {PLAIN_3, 0},    {BYTES, 2},
    {CONSERVATIVE, 3},     {TYPED_4, 2},         {TYPED_13, 1},   {BYTES, 6},
    {TYPED_100, 0},        {CONSERVATIVE, 11},   {TYPED_4, 9},    {BYTES, 33},
    {TYPED_13, 5},         {PLAIN_3, 7},         {TYPED_100, 3},  {CONSERVATIVE, 70},
    {TYPED_4, 60},         {BYTES, 250},         {TYPED_13, 20},  {CONSERVATIVE, 500},
    {TYPED_4, 300},        {BYTES, 2100},        {TYPED_4, 1500}, {TYPED_13, 400},
    {TYPED_100, 45},       {CONSERVATIVE, 4105}, {BYTES, 5000},   {TYPED_13, 2000},
    {CONSERVATIVE, 20000},
};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof SHAPES[0] };

struct object {
    unsigned owner;
    uint32_t shape_index;
    bool reached;
    uintptr_t hidden;             // the complement of the address
    uint32_t *children;           // ids, a word each; NULL where there are no pointers
    _Atomic(uint32_t) sent_count; // references on their way
};

struct owner {
    uint32_t *free_ids;
    uint32_t free_count;
    uint64_t created_count;
    uint64_t created_bytes;
    uintptr_t hidden_roots; // the complement of the address of its roots
    uint32_t root_ids[SHADOW_ROOT_COUNT];
};

static struct {
    unsigned owner_count;
    uint32_t object_count; // of the table; ids begin at 1
    struct object *objects;
    struct owner *owners;
    uint64_t rounded_bytes[SHAPE_COUNT];
    _Atomic(uint64_t) wrong_count;
} shadow;

static void expect(bool holds)
{
    if (!holds) {
        atomic_fetch_add(&shadow.wrong_count, 1);
    }
}

static void *zeroed(size_t count, size_t size_bytes)
{
    void *const memory = calloc(count, size_bytes);
    if (!memory) {
        abort();
    }
    return memory;
}

static uint32_t word_count(const struct shape *shape)
{
    const bool typed = shape->kind <= PLAIN_3;
    const uint32_t element_words = typed ? (uint32_t)TYPES[shape->kind].size_bytes / 8 : 1;
    return element_words * (shape->count ? shape->count : 1);
}

// Written apart from the maps above.
static bool is_pointer(enum kind kind, uint32_t word)
{
    switch (kind) {
    case TYPED_4:
        return word % 4 == 0 || word % 4 == 2;
    case TYPED_13:
        return word % 13 == 1 || word % 13 == 5 || word % 13 == 12;
    case TYPED_100:
        return word % 100 == 3 || word % 100 == 63 || word % 100 == 64 || word % 100 == 99;
    case CONSERVATIVE:
        return word % 11 == 0 || word % 11 == 2;
    default:
        return false;
    }
}

static bool has_pointers(const struct shape *shape)
{
    return shape->kind != BYTES && shape->kind != PLAIN_3;
}

// Never an address: bit 63 is set.
static uint64_t filler(uint64_t id, uint32_t word)
{
    struct rng hash;
    rng_init(&hash, id << 32 | word);
    return rng_next(&hash) >> 2 | 1ull << 63;
}

static const struct shape *shape_of(uint64_t id)
{
    return &SHAPES[shadow.objects[id].shape_index];
}

static uint64_t *address_of(uint64_t id)
{
    return id ? (uint64_t *)~shadow.objects[id].hidden : NULL;
}

// Where in its target a pointer in word `word` of `holder` points to: not the same byte always.
static uint64_t target_offset(uint64_t holder, uint32_t word, uint64_t id)
{
    return filler(holder, word) % (word_count(shape_of(id)) * 8);
}

static char *pointer_in(uint64_t holder, uint32_t word, uint64_t id)
{
    return id ? (char *)address_of(id) + target_offset(holder, word, id) : NULL;
}

// On the system stack: the coroutine's may be too small for libc.
static void make_children(void *arg)
{
    struct object *const object = arg;
    object->children = zeroed(word_count(&SHAPES[object->shape_index]), sizeof *object->children);
}

static void *allocate(const struct shape *shape)
{
    switch (shape->kind) {
    case CONSERVATIVE:
        return heap_new_conservative(shape->count * 8);
    case BYTES:
        return heap_new_bytes(shape->count * 8);
    default:
        return shape->count ? heap_new_array(&TYPES[shape->kind], shape->count)
                            : heap_new(&TYPES[shape->kind]);
    }
}

void shadow_init(unsigned owner_count, uint32_t objects_each)
{
    atomic_store(&shadow.wrong_count, 0);
    shadow.owner_count = owner_count;
    shadow.object_count = 1 + owner_count * objects_each;
    shadow.objects = zeroed(shadow.object_count, sizeof *shadow.objects);
    shadow.owners = zeroed(owner_count, sizeof *shadow.owners);
    for (unsigned i = 0; i < owner_count; i++) {
        struct owner *const owner = &shadow.owners[i];
        owner->free_ids = zeroed(objects_each, sizeof *owner->free_ids);
        for (uint32_t k = 0; k < objects_each; k++) {
            const uint32_t id = 1 + i * objects_each + k;
            shadow.objects[id].owner = i;
            owner->free_ids[owner->free_count++] = id;
        }
    }
}

void shadow_release(void)
{
    for (uint32_t id = 1; id < shadow.object_count; id++) {
        free(shadow.objects[id].children);
    }
    for (unsigned i = 0; i < shadow.owner_count; i++) {
        free(shadow.owners[i].free_ids);
    }
    free(shadow.objects);
    free(shadow.owners);
    shadow.objects = NULL;
    shadow.owners = NULL;
}

void shadow_begin(void)
{
    for (uint32_t i = 0; i < SHAPE_COUNT; i++) {
        struct runtime_stats before;
        struct runtime_stats after;
        runtime_stats_read(&before);
        allocate(&SHAPES[i]);
        runtime_stats_read(&after);
        const uint64_t size_bytes = word_count(&SHAPES[i]) * 8;
        const uint64_t rounded_bytes = after.heap_alloc_bytes - before.heap_alloc_bytes;
        const uint64_t most_bytes = size_bytes + (size_bytes < 32768 ? size_bytes / 4 + 8 : 8192);
        expect(rounded_bytes >= size_bytes && rounded_bytes <= most_bytes);
        shadow.rounded_bytes[i] = rounded_bytes;
    }
}

void *shadow_make_roots(unsigned owner)
{
    void *const roots = heap_new_conservative(SHADOW_ROOT_COUNT * sizeof(char *));
    shadow.owners[owner].hidden_roots = ~(uintptr_t)roots;
    return roots;
}

struct shadow_ref shadow_create(unsigned owner_index, struct rng *rng)
{
    struct owner *const owner = &shadow.owners[owner_index];
    if (owner->free_count == 0) {
        return (struct shadow_ref){0};
    }
    const uint32_t id = owner->free_ids[--owner->free_count];
    struct object *const object = &shadow.objects[id];
    // The front of the table is likelier.
    const uint32_t a = rng_below(rng, SHAPE_COUNT);
    const uint32_t b = rng_below(rng, rng_below(rng, SHAPE_COUNT) + 1);
    object->shape_index = a < b ? a : b;
    const struct shape *const shape = &SHAPES[object->shape_index];
    const uint32_t words = word_count(shape);
    uint64_t *const memory = allocate(shape);
    object->hidden = ~(uintptr_t)memory;
    if (has_pointers(shape)) {
        coroutine_on_system_stack(make_children, object);
    }
    for (uint32_t i = 0; i < words; i++) {
        expect(memory[i] == 0);
        if (!is_pointer(shape->kind, i)) {
            memory[i] = filler(id, i);
        }
    }
    owner->created_count++;
    owner->created_bytes += shadow.rounded_bytes[object->shape_index];
    return (struct shadow_ref){(char *)memory + rng_below(rng, words * 8), id};
}

// A pointer word of the object near a random place, or word_count() when there is none. Most often
// an empty one, so that graphs grow.
static uint32_t pointer_word(uint64_t id, struct rng *rng, bool prefer_empty)
{
    const struct shape *const shape = shape_of(id);
    const uint32_t *const children = shadow.objects[id].children;
    const uint32_t words = word_count(shape);
    const bool any = !prefer_empty || rng_below(rng, 8) == 0;
    uint32_t first = words;
    uint32_t tries = 0;
    for (uint32_t i = rng_below(rng, words); i < words && tries < 40; i++) {
        if (is_pointer(shape->kind, i)) {
            if (any || !children[i]) {
                return i;
            }
            first = first == words ? i : first;
            tries++;
        }
    }
    return first;
}

static bool may_follow(unsigned owner, struct shadow_ref ref)
{
    return ref.id && shadow.objects[ref.id].owner == owner && shadow.objects[ref.id].children;
}

struct shadow_ref shadow_walk(unsigned owner, struct shadow_ref from, struct rng *rng)
{
    struct shadow_ref at = from;
    for (uint32_t step = 1 + rng_below(rng, 16); step > 0 && may_follow(owner, at); step--) {
        struct object *const object = &shadow.objects[at.id];
        const uint32_t words = word_count(shape_of(at.id));
        uint32_t word = pointer_word(at.id, rng, false);
        for (uint32_t tries = 0; word < words && !object->children[word] && tries < 64; tries++) {
            word++;
        }
        if (word >= words || !object->children[word]) {
            break;
        }
        // From the heap, not from the shadow.
        char *const *const slots = (char *const *)address_of(at.id);
        const uint64_t id = object->children[word];
        struct shadow_ref next = {slots[word], id};
        expect(next.pointer == pointer_in(at.id, word, id));
        at = next;
        shadow_verify(at);
    }
    return at;
}

static void store(uint64_t holder, uint32_t word, struct shadow_ref value)
{
    char *target = value.pointer;
    if (value.id) {
        target += pointer_in(holder, word, value.id) - target;
    }
    heap_store(address_of(holder) + word, target);
    shadow.objects[holder].children[word] = (uint32_t)value.id;
}

bool shadow_link(unsigned owner, struct shadow_ref holder, struct shadow_ref value, struct rng *rng)
{
    if (!may_follow(owner, holder)) {
        return false;
    }
    const uint32_t word = pointer_word(holder.id, rng, value.id != 0);
    if (word == word_count(shape_of(holder.id))) {
        return false;
    }
    store(holder.id, word, value);
    return true;
}

bool shadow_move(unsigned owner, struct shadow_ref from, struct shadow_ref to, struct rng *rng)
{
    if (!may_follow(owner, from) || !may_follow(owner, to)) {
        return false;
    }
    const uint32_t source = pointer_word(from.id, rng, false);
    const uint32_t target = pointer_word(to.id, rng, true);
    if (source == word_count(shape_of(from.id)) || target == word_count(shape_of(to.id))) {
        return false;
    }
    char *const *const slots = (char *const *)address_of(from.id);
    const struct shadow_ref moved = {slots[source], shadow.objects[from.id].children[source]};
    // Either order is allowed: for a moment the object is in both places, or only on this stack.
    if (rng_below(rng, 2)) {
        store(from.id, source, (struct shadow_ref){0});
        store(to.id, target, moved);
    } else if (from.id != to.id || source != target) {
        store(to.id, target, moved);
        store(from.id, source, (struct shadow_ref){0});
    }
    return true;
}

static char **root_slot(unsigned owner, uint32_t index)
{
    return (char **)~shadow.owners[owner].hidden_roots + index;
}

struct shadow_ref shadow_root(unsigned owner, uint32_t index)
{
    return (struct shadow_ref){*root_slot(owner, index), shadow.owners[owner].root_ids[index]};
}

void shadow_root_set(unsigned owner, uint32_t index, struct shadow_ref ref)
{
    heap_store(root_slot(owner, index), ref.pointer);
    shadow.owners[owner].root_ids[index] = (uint32_t)ref.id;
}

void shadow_sent(struct shadow_ref ref)
{
    atomic_fetch_add(&shadow.objects[ref.id].sent_count, ref.id != 0);
}

void shadow_received(struct shadow_ref ref)
{
    atomic_fetch_sub(&shadow.objects[ref.id].sent_count, ref.id != 0);
}

void shadow_verify(struct shadow_ref ref)
{
    if (ref.id == 0) {
        return;
    }
    const struct shape *const shape = shape_of(ref.id);
    const uint64_t *const words = address_of(ref.id);
    const uint32_t first = is_pointer(shape->kind, 0);
    expect((uintptr_t)ref.pointer - (uintptr_t)words < word_count(shape) * 8);
    expect(words[first] == filler(ref.id, first));
}

static void compare_words(uint32_t id)
{
    const struct shape *const shape = shape_of(id);
    const uint64_t *const words = address_of(id);
    for (uint32_t i = 0; i < word_count(shape); i++) {
        const uint64_t expected = is_pointer(shape->kind, i)
                                      ? (uintptr_t)pointer_in(id, i, shadow.objects[id].children[i])
                                      : filler(id, i);
        expect(words[i] == expected);
    }
}

struct reach {
    uint32_t *stack;
    uint32_t depth;
};

static void reach(struct reach *to, uint32_t id)
{
    if (id != 0 && !shadow.objects[id].reached) {
        shadow.objects[id].reached = true;
        to->stack[to->depth++] = id;
    }
}

static void reach_roots(struct reach *to)
{
    for (unsigned i = 0; i < shadow.owner_count; i++) {
        for (uint32_t k = 0; k < SHADOW_ROOT_COUNT; k++) {
            reach(to, shadow.owners[i].root_ids[k]);
        }
    }
    for (uint32_t id = 1; id < shadow.object_count; id++) {
        if (shadow.objects[id].sent_count > 0) {
            reach(to, id);
        }
    }
}

static void forget_unreached(void)
{
    for (uint32_t id = 1; id < shadow.object_count; id++) {
        struct object *const object = &shadow.objects[id];
        if (!object->reached && object->hidden) {
            struct owner *const owner = &shadow.owners[object->owner];
            free(object->children);
            object->children = NULL;
            object->hidden = 0;
            owner->free_ids[owner->free_count++] = id;
        }
        object->reached = false;
    }
}

struct shadow_totals shadow_compare(void)
{
    struct shadow_totals totals = {0};
    struct reach to = {.stack = zeroed(shadow.object_count, sizeof *to.stack)};
    reach_roots(&to);
    while (to.depth > 0) {
        const uint32_t id = to.stack[--to.depth];
        const struct object *const object = &shadow.objects[id];
        totals.live_count++;
        totals.live_bytes += shadow.rounded_bytes[object->shape_index];
        compare_words(id);
        for (uint32_t i = 0; object->children && i < word_count(shape_of(id)); i++) {
            reach(&to, object->children[i]);
        }
    }
    free(to.stack);
    for (unsigned i = 0; i < shadow.owner_count; i++) {
        totals.created_count += shadow.owners[i].created_count;
        totals.created_bytes += shadow.owners[i].created_bytes;
    }
    totals.wrong_count = atomic_load(&shadow.wrong_count);
    forget_unreached();
    return totals;
}
