// Who sleeps until it is needed to mark gets up whenever it is, whatever other wakes it was just
// getting up from. A marking is pretended: one marks as long as marker_count says so.
#include "tests/heap_support.h"

#include "runtime/barrier.h"
#include "runtime/clock.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_wait.h"
#include "runtime/proc.h"
#include "runtime/world.h"

#include <sched.h>
#include <stdatomic.h>

enum { ROUND_COUNT = 20000 };
static const uint64_t LIMIT_NS = 10 * UINT64_C(1000000000);

static struct {
    _Atomic(unsigned) begun; // rounds: the sleeper is about to sleep
    _Atomic(unsigned) ended; // it has got up
    struct channel *done;
} shared;

static void sleep_in_rounds(void *unused)
{
    (void)unused;
    for (unsigned round = 1; round <= ROUND_COUNT && barrier_is_on; round++) {
        atomic_fetch_add(&heap_instance.marker_count, 1);
        atomic_store(&shared.begun, round);
        while (barrier_is_on && !mark_wait_is_needed()) {
            mark_wait_sleep(0);
        }
        atomic_store(&shared.ended, round);
    }
}

static void sleeper(void *unused)
{
    (void)unused;
    proc_call_system(sleep_in_rounds, NULL);
    channel_send(shared.done, NULL);
}

static bool wait_for(_Atomic(unsigned) *count, unsigned round)
{
    const uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (atomic_load(count) < round) {
        if (clock_now_ns() > end_ns) {
            return false;
        }
        sched_yield(); // it may need our processor
    }
    return true;
}

// In every other round a second wake comes while the first is getting up.
static void wake_in_rounds(void *unused)
{
    (void)unused;
    unsigned late_count = 0;
    for (unsigned round = 1; round <= ROUND_COUNT; round++) {
        late_count += !wait_for(&shared.begun, round);
        atomic_fetch_sub(&heap_instance.marker_count, 1);
        mark_wait_notice();
        if (round % 2) {
            mark_wait_ended();
        }
        late_count += !wait_for(&shared.ended, round);
        if (late_count > 0) {
            break;
        }
    }
    CHECK_EQUAL(late_count, 0);
    world_stop();
    barrier_is_on = false;
    world_start();
    mark_wait_ended(); // if it still sleeps, after a failure
}

static void pretend_marking(void *unused)
{
    (void)unused;
    heap_root_add(&shared, sizeof shared);
    shared.done = channel_new(0, 0);
    heap_collect(); // no roots are left to take
    barrier_is_on = true;
    CHECK_EQUAL(coroutine_spawn(sleeper, NULL), 0);
    proc_call_system(wake_in_rounds, NULL);
    channel_receive(shared.done, NULL);
}

TEST(a_wake_that_comes_too_late_does_not_keep_off_the_next)
{
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, pretend_marking, NULL), 0);
}
