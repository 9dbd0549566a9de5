// The queue of spans: every item comes out once, the oldest first, through chunks and the pool.
#include "tests/test.h"

#include "runtime/mark_queue.h"

enum { ITEM_COUNT = 3 * MARK_CHUNK_ITEMS + 17 };
static char objects[ITEM_COUNT];

static void push_all(struct mark_queue *queue, struct mark_pool *pool)
{
    for (uint32_t i = 0; i < ITEM_COUNT; i++) {
        mark_queue_push(queue, pool, (struct mark_item){.object = &objects[i]});
    }
}

// How many items come out, each the one after the last.
static uint32_t pop_in_order(struct mark_queue *queue, struct mark_pool *pool, uint32_t first)
{
    uint32_t count = 0;
    struct mark_item item;
    while (mark_queue_pop(queue, pool, &item)) {
        CHECK_EQUAL(item.object - objects, first + count);
        count++;
    }
    CHECK(mark_queue_is_empty(queue));
    return count;
}

TEST(items_come_out_in_order)
{
    struct mark_pool pool = {0};
    struct mark_queue queue = {0};
    for (int round = 0; round < 3; round++) {
        push_all(&queue, &pool);
        CHECK_EQUAL(pop_in_order(&queue, &pool, 0), ITEM_COUNT);
    }
    mark_pool_release(&pool);
}

TEST(what_is_given_away_is_there_for_others_in_order)
{
    struct mark_pool pool = {0};
    struct mark_queue from = {0};
    struct mark_queue to = {0};
    CHECK(!mark_queue_refill(&to, &pool));
    push_all(&from, &pool);
    mark_queue_give_all(&from, &pool);
    CHECK(mark_queue_is_empty(&from));
    uint32_t count = 0;
    while (mark_queue_refill(&to, &pool)) {
        count += pop_in_order(&to, &pool, count);
    }
    CHECK_EQUAL(count, ITEM_COUNT);
    CHECK_EQUAL(atomic_load(&pool.full_count), 0);
    CHECK_EQUAL(atomic_load(&pool.spans_count), 0);
    mark_pool_release(&pool);
}

// Sharing gives the older part; both parts together are everything.
TEST(a_shared_queue_loses_nothing)
{
    for (uint32_t taken = 0; taken < ITEM_COUNT; taken += 50) {
        struct mark_pool pool = {0};
        struct mark_queue from = {0};
        struct mark_queue to = {0};
        struct mark_item item;
        push_all(&from, &pool);
        for (uint32_t i = 0; i < taken; i++) {
            CHECK(mark_queue_pop(&from, &pool, &item));
        }
        mark_queue_share(&from, &pool);
        uint32_t count = taken;
        while (mark_queue_refill(&to, &pool)) {
            count += pop_in_order(&to, &pool, count);
        }
        CHECK(count > taken || taken + 1 >= ITEM_COUNT || taken % MARK_CHUNK_ITEMS == 0);
        count += pop_in_order(&from, &pool, count);
        CHECK_EQUAL(count, ITEM_COUNT);
        mark_pool_release(&pool);
    }
}
