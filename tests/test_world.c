// Stops of the world: who is held up by them goes on in between, however fast they follow.
#include "tests/test.h"

#include "runtime/lock.h"
#include "runtime/proc.h"
#include "runtime/world.h"
#include "tests/heap_support.h"

#include <stdatomic.h>

static struct {
    _Atomic(uint64_t) progress;
    _Atomic(bool) started;
    _Atomic(bool) ended;
    struct channel *done;
} shared;

NOINLINE static void advance(void)
{
    atomic_fetch_add(&shared.progress, 1);
    __asm__ volatile("" : : : "memory");
}

static void advance_until_ended(void *arg)
{
    (void)arg;
    atomic_store(&shared.started, true);
    while (!atomic_load(&shared.ended)) {
        advance();
    }
    channel_send(shared.done, NULL);
}

// Returns when it runs, which is on the other proc.
static void begin_other(void (*fn)(void *))
{
    atomic_store(&shared.progress, 0);
    atomic_store(&shared.started, false);
    atomic_store(&shared.ended, false);
    shared.done = channel_new(0, 0);
    CHECK_EQUAL(coroutine_spawn(fn, NULL), 0);
    while (!atomic_load(&shared.started)) {
        coroutine_yield();
    }
}

static void end_other(void)
{
    atomic_store(&shared.ended, true);
    channel_receive(shared.done, NULL);
}

static void stop_and_start(void *unused)
{
    (void)unused;
    world_stop();
    world_start();
}

static void stop(void)
{
    proc_call_system(stop_and_start, NULL);
}

// A stop waits until those that the one before held up go on: they get one call further at least.
static void stop_often(void *stop_once)
{
    void (*const once)(void) = *(void (**)(void))stop_once;
    uint64_t last = 0, last_but_one = 0;
    unsigned held_count = 0;
    heap_root_add(&shared, sizeof shared);
    begin_other(advance_until_ended);
    for (unsigned i = 0; i < 1000 * test_length(); i++) {
        once();
        const uint64_t now = atomic_load(&shared.progress);
        held_count += i >= 2 && now == last_but_one;
        last_but_one = last;
        last = now;
    }
    end_other();
    CHECK_EQUAL(held_count, 0);
}

TEST(a_stop_lets_others_run_before_the_next)
{
    void (*once)(void) = stop;
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, stop_often, &once), 0);
}

TEST(collections_at_once_let_others_run)
{
    void (*once)(void) = heap_collect;
    const unsigned stresses[] = {0, STRESS_CHECK_MARK};
    for (int i = 0; i < 2; i++) {
        const struct runtime_config config = {.procs = 2, .stress = stresses[i]};
        CHECK_EQUAL(runtime_run(&config, stop_often, &once), 0);
    }
}

// Who wants to stop the world is among those who must get their turn. A turn that never comes fails
// by the runner's limit.
static void stop_until_ended(void *arg)
{
    (void)arg;
    atomic_store(&shared.started, true);
    while (!atomic_load(&shared.ended)) {
        stop();
        advance();
    }
    channel_send(shared.done, NULL);
}

static void stop_against_each_other(void *arg)
{
    (void)arg;
    heap_root_add(&shared, sizeof shared);
    begin_other(stop_until_ended);
    for (int i = 0; i < 2000; i++) {
        stop();
    }
    const uint64_t before = atomic_load(&shared.progress);
    while (atomic_load(&shared.progress) < before + 2000) {
        stop();
    }
    end_other();
}

TEST(stops_let_other_stops_come)
{
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, stop_against_each_other, NULL), 0);
}

// Two want the same stop: the one that comes second finds it done, and stops nobody.
enum { WANTED_COUNT = 2000 };
static _Atomic(uint32_t) stopped_count;

static bool is_wanted(void)
{
    return atomic_load(&stopped_count) < WANTED_COUNT;
}

static void stop_if_wanted(void *stopped)
{
    struct world_times times = {0};
    *(bool *)stopped = world_stop_if(is_wanted, &times);
    if (*(bool *)stopped) {
        CHECK(times.asked_ns > 0 && times.stopped_ns >= times.asked_ns);
        atomic_fetch_add(&stopped_count, 1);
        world_start();
    }
    CHECK_EQUAL(times.asked_ns > 0, *(bool *)stopped);
}

static void stop_while_wanted(void *arg)
{
    atomic_store(&shared.started, true);
    bool stopped = true;
    while (stopped) {
        proc_call_system(stop_if_wanted, &stopped);
    }
    if (arg) {
        channel_send(shared.done, NULL);
    }
}

static void begin_stop_while_wanted(void *arg)
{
    (void)arg;
    stop_while_wanted(&shared);
}

static void want_the_same(void *arg)
{
    (void)arg;
    heap_root_add(&shared, sizeof shared);
    atomic_store(&stopped_count, 0);
    begin_other(begin_stop_while_wanted);
    stop_while_wanted(NULL);
    channel_receive(shared.done, NULL);
    CHECK_EQUAL(atomic_load(&stopped_count), WANTED_COUNT);
}

TEST(a_stop_that_another_has_made_needless_does_not_come)
{
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, want_the_same, NULL), 0);
}

// A stop finds a proc that waits for a lock at a safepoint: the holder need not give it up first.
static struct lock lock;

static void wait_for_lock(void *unused)
{
    (void)unused;
    atomic_store(&shared.started, true);
    world_lock_acquire(&lock);
    lock_release(&lock);
}

static void wait_for_lock_and_end(void *arg)
{
    (void)arg;
    proc_call_system(wait_for_lock, NULL);
    atomic_store(&shared.ended, true);
    channel_send(shared.done, NULL);
}

static void stop_with_lock(void *unused)
{
    (void)unused;
    world_stop();
    CHECK(!atomic_load(&shared.ended));
    world_start();
}

static void hold_lock(void *arg)
{
    (void)arg;
    heap_root_add(&shared, sizeof shared);
    for (int i = 0; i < 200; i++) {
        lock_acquire(&lock);
        begin_other(wait_for_lock_and_end);
        proc_call_system(stop_with_lock, NULL);
        CHECK(!atomic_load(&shared.ended));
        lock_release(&lock);
        channel_receive(shared.done, NULL);
        CHECK(atomic_load(&shared.ended));
    }
}

TEST(who_waits_for_a_lock_does_not_hold_up_a_stop)
{
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, hold_lock, NULL), 0);
}
