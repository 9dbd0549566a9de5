// Too little memory: a fatal error that says so when the system refuses, and only then; a soft
// limit that makes collections more frequent and never ends a program.
#include "tests/heap_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Sanitizers map terabytes of addresses: a limit on those would end them before the test begins.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { CAN_LIMIT = false };
#else
enum { CAN_LIMIT = true };
#endif

enum { LIMIT_MIB = 96 };

struct hunger {
    const char *what;
    void (*fn)(void *);
    struct runtime_config config;
    bool survives;
};

static uint64_t address_space_bytes(void)
{
    uint64_t page_count = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu", &page_count) != 1) {
        abort();
    }
    fclose(file);
    return page_count * (uint64_t)sysconf(_SC_PAGESIZE);
}

// As if the machine had this much memory left.
static void run_hungry(void *arg)
{
    struct hunger *const hunger = arg;
    const rlim_t bytes = address_space_bytes() + (uint64_t)LIMIT_MIB * MIB;
    const struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    if (setrlimit(RLIMIT_AS, &limit) != 0) {
        abort();
    }
    hunger->config.stack_bytes_min = 64 * KIB;
    _exit(runtime_run(&hunger->config, hunger->fn, NULL) == 0 ? 0 : 3);
}

static struct node *list;

static void begin(void)
{
    list = NULL;
    heap_root_add(&list, sizeof list);
}

static void keep(struct node *node)
{
    heap_store(&node->next, list);
    heap_store(&list, node);
}

static void keep_small(void *arg)
{
    (void)arg;
    begin();
    for (;;) {
        keep(heap_new(&NODE));
    }
}

static void keep_pages(void *arg)
{
    (void)arg;
    begin();
    for (;;) {
        keep(heap_new_conservative(8 * KIB));
    }
}

static void keep_large(void *arg)
{
    (void)arg;
    begin();
    for (;;) {
        keep(heap_new_conservative(3 * MIB + 1));
    }
}

static void keep_arrays(void *arg)
{
    (void)arg;
    begin();
    for (uint32_t count = 1;; count = count % 5000 + 1) {
        keep(heap_new_array(&NODE, count));
    }
}

static void one_too_large(void *arg)
{
    (void)arg;
    heap_new_bytes((size_t)LIMIT_MIB * MIB);
}

static void garbage_uncollected(void *arg)
{
    (void)arg;
    for (;;) {
        heap_new_bytes(1000);
    }
}

// Many times the memory there is, of which little is alive at any time.
static void garbage(void *arg)
{
    (void)arg;
    static void *recent[64];
    heap_root_add(recent, sizeof recent);
    for (uint32_t i = 0; i < 50000; i++) {
        recent[i % 64] = heap_new_conservative(i % 100 == 0 ? MIB / 4 : 10 * KIB);
        memset(recent[i % 64], 1, 64);
    }
    list = NULL;
}

// By several, so that the memory that one has collected for may be another's.
enum { TOGETHER_COUNT = 4 };
static void large_garbage(void *arg);
static struct channel *together_done;

static void large_garbage_and_tell(void *arg)
{
    large_garbage(arg);
    channel_send(together_done, NULL);
}

static void large_garbage_together(void *arg)
{
    (void)arg;
    heap_root_add(&together_done, sizeof together_done);
    together_done = channel_new(0, 0);
    for (int i = 0; i < TOGETHER_COUNT; i++) {
        if (coroutine_spawn(large_garbage_and_tell, NULL) != 0) {
            abort();
        }
    }
    for (int i = 0; i < TOGETHER_COUNT; i++) {
        channel_receive(together_done, NULL);
    }
}

// Garbage in pieces so large that the next one fits only where others were.
static void large_garbage(void *arg)
{
    (void)arg;
    for (int i = 0; i < 200; i++) {
        char *const object = heap_new_bytes(((size_t)5 + i % 5) * MIB);
        object[0] = 1;
    }
}

static struct hunger hungers[] = {
    {"small objects", keep_small, {0}, false},
    {"small objects on one proc", keep_small, {.procs = 1}, false},
    {"objects of two pages", keep_pages, {0}, false},
    {"large objects", keep_large, {0}, false},
    {"arrays", keep_arrays, {0}, false},
    {"one object", one_too_large, {0}, false},
    {"garbage without a collector", garbage_uncollected, {.gc_off = true}, false},
    {"large objects above a soft limit", keep_large, {.heap_limit_bytes = 16 * MIB}, false},
    {"garbage", garbage, {0}, true},
    {"garbage on one proc", garbage, {.procs = 1}, true},
    {"garbage and a high percentage", garbage, {.gc_percent = 100000}, true},
    {"large garbage", large_garbage, {0}, true},
    {"large garbage of several", large_garbage_together, {.procs = 2}, true},
};

TEST(refused_memory_is_a_clear_end_and_garbage_is_none)
{
    if (!CAN_LIMIT) {
        printf("skip: no limit on addresses under this sanitizer\n");
        return;
    }
    for (size_t i = 0; i < sizeof hungers / sizeof hungers[0]; i++) {
        const struct hunger *const hunger = &hungers[i];
        int status = 0;
        const char *const output = test_in_child(run_hungry, &hungers[i], &status);
        const bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
        const bool said = strstr(output, "out of memory") && strstr(output, "coroutine");
        const bool lived = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (hunger->survives ? !lived : !died || !said) {
            test_fail(__FILE__, __LINE__, "%s: status %#x, output: %s", hunger->what, status,
                      output);
        }
    }
}

// ---- the soft limit -----------------------------------------------------------------------------

enum { LIVE_BYTES = 16 * MIB };
static uint64_t churn_gc_count;
static uint64_t churn_mapped_bytes;

// Keeps LIVE_BYTES alive and allocates six times as much.
static void churn(void *arg)
{
    (void)arg;
    enum { EACH_BYTES = 2 * KIB };
    begin();
    for (int i = 0; i < LIVE_BYTES / EACH_BYTES; i++) {
        keep(heap_new_conservative(EACH_BYTES));
    }
    heap_collect();
    const uint64_t before = stats_now().gc_count;
    churn_mapped_bytes = 0;
    for (int i = 0; i < 6 * LIVE_BYTES / EACH_BYTES; i++) {
        heap_new_bytes(EACH_BYTES);
        if (i % 1024 == 0) {
            const uint64_t now_bytes = stats_now().heap_mapped_bytes;
            churn_mapped_bytes = now_bytes > churn_mapped_bytes ? now_bytes : churn_mapped_bytes;
        }
    }
    churn_gc_count = stats_now().gc_count - before;
    uint32_t kept_count = 0;
    for (const struct node *node = list; node; node = node->next) {
        kept_count++;
    }
    CHECK_EQUAL(kept_count, LIVE_BYTES / EACH_BYTES);
}

TEST(a_soft_limit_collects_more_often_and_is_never_fatal)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        struct runtime_config config = {.procs = procs, .gc_percent = 1000};
        run_with(config, churn);
        const uint64_t free_count = churn_gc_count;
        const uint64_t free_mapped_bytes = churn_mapped_bytes;
        CHECK(free_count <= 1);
        CHECK(free_mapped_bytes >= 6 * LIVE_BYTES);

        config.heap_limit_bytes = 40 * MIB;
        run_with(config, churn);
        CHECK(churn_gc_count > free_count + 2);
        CHECK(churn_mapped_bytes <= config.heap_limit_bytes + 8 * MIB);

        // Below what is alive: it cannot be kept, and must not stop the program or slow it down by
        // a collection for every allocation.
        const size_t impossible[] = {LIVE_BYTES / 2, 1};
        for (int i = 0; i < 2; i++) {
            config.heap_limit_bytes = impossible[i];
            run_with(config, churn);
            CHECK(churn_gc_count > free_count + 2);
            CHECK(churn_gc_count < 6 * LIVE_BYTES / (64 * KIB));
        }
    }
}
