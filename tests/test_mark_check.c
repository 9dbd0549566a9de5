// What STRESS_CHECK_MARK says when a mark is not what it should be: an object is lost on purpose.
#include "tests/test.h"

#include "runtime/heap_internal.h"
#include "runtime/mark_check.h"
#include "runtime/proc.h"
#include "tests/heap_support.h"

#include <string.h>

static struct node *root_node;

// Who holds the object that gets lost.
struct loss {
    enum {
        LOST_BY_OBJECT,
        LOST_BY_ARRAY,
        LOST_BY_WORDS,
        LOST_BY_ROOT,
        LOST_BY_STACK,
        NOT_SCANNED,
        NOT_DEQUEUED
    } what;
    const char *message;
};

static void *lost_object;

// Every object marked and scanned but one.
static void mark_all_but_lost(const struct loss *loss)
{
    struct page_heap *const pages = &heap_instance.page_heap;
    for (uint32_t page = 0; page < pages->frontier_page;) {
        struct span *at = page_heap_at(pages, page);
        for (uint32_t i = 0; i < span_word_count(at); i++) {
            at->bits[i].marked = at->bits[i].allocated;
            if (span_is_batch(at)) {
                at->scanned[i] = at->bits[i].allocated;
            }
        }
        page += at->page_count;
    }
    struct span *const span = page_heap_lookup(pages, lost_object);
    const uint32_t lost = span_object_index(span, lost_object);
    if (loss->what == NOT_DEQUEUED) {
        span->scan_state = SPAN_SCAN_ONE;
    } else if (loss->what == NOT_SCANNED) {
        span->scanned[lost / 64] &= ~(1ull << lost % 64);
    } else {
        span->bits[lost / 64].marked &= ~(1ull << lost % 64);
        span->scanned[lost / 64] &= ~(1ull << lost % 64);
    }
}

static void forget(void *arg)
{
    const struct loss *const loss = arg;
    mark_all_but_lost(loss);
    mark_check_run(&heap_instance, loss->what == LOST_BY_STACK ? __builtin_frame_address(0) : NULL);
}

static void lose_object(void *arg)
{
    const struct loss *const loss = arg;
    root_node = heap_new(&NODE);
    lost_object = heap_new(&NODE);
    heap_store(&root_node->next, lost_object);
    if (loss->what == LOST_BY_WORDS) {
        void **const words = heap_new_conservative(64);
        lost_object = heap_new(&NODE);
        heap_store(&words[5], lost_object);
    } else if (loss->what == LOST_BY_ARRAY) {
        struct node *const nodes = heap_new_array(&NODE, 3);
        lost_object = heap_new(&NODE);
        heap_store(&nodes[2].other, lost_object);
    } else if (loss->what == LOST_BY_ROOT || loss->what == LOST_BY_STACK) {
        lost_object = root_node;
    }
    if (loss->what == LOST_BY_ROOT) {
        heap_root_add(&root_node, sizeof root_node);
    }
    void *volatile held = lost_object;
    proc_call_system(forget, arg);
    (void)held;
}

static void run_lost(void *arg)
{
    CHECK_EQUAL(runtime_run(NULL, lose_object, arg), 0);
}

TEST(a_lost_object_is_noticed)
{
    static struct loss losses[] = {
        {LOST_BY_OBJECT, "bytes (node), an object at"},
        {LOST_BY_ARRAY, "bytes (node), an object at"},
        {LOST_BY_WORDS, "bytes (node), an object at"},
        {LOST_BY_ROOT, "bytes (node), a root at"},
        {LOST_BY_STACK, "bytes (node), a root at"},
        {NOT_SCANNED, "1 objects of 32 bytes"},
        {NOT_DEQUEUED, "0 objects of 32 bytes"},
    };
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        int status = 0;
        const char *const output = test_in_child(run_lost, &losses[i], &status);
        CHECK(status != 0);
        if (!strstr(output, "STRESS_CHECK_MARK: ") || !strstr(output, losses[i].message)) {
            test_fail(__FILE__, __LINE__, "\"%s\" is not in: %s", losses[i].message, output);
        }
    }
}
