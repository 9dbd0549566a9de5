// Groups, turns, wrapping and what reading adds, on a machine made of arithmetic: every event
// counts a fixed number per nanosecond of work, so that what a window must show is a product.
#include "harness/counter_set.h"
#include "tests/test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { TURN_NS = 1000 };

// The machine, set up by each test.
static struct machine {
    size_t group_max;     // more members are refused
    size_t counter_count; // a larger hardware group is accepted and never runs; 0: no limit
    unsigned turn_count;  // hardware groups that take turns; 0: all count all the time
    bool missing[COUNTER_EVENT_COUNT];
    bool lonely; // software events refuse to be members
    unsigned width_bits;
    uint64_t start;     // of every count
    uint64_t read_cost; // that a reading adds to every event of the group
    uint64_t now_ns;
    struct {
        bool is_open, is_started;
        int leader;
        size_t member_count; // of a leader: itself included
        unsigned turn;       // of a leader: when it counts
        uint64_t count, enabled_ns, running_ns;
    } events[COUNTER_EVENT_COUNT];
    unsigned leader_count; // hardware leaders opened so far
    int open_count;
} machine;

static bool is_hardware(int event)
{
    return event < COUNTER_HARDWARE_COUNT;
}

// Another rate for each, so that a mix-up shows.
static uint64_t rate(int event)
{
    return 3 + (uint64_t)event;
}

static bool runs(int event)
{
    const int leader = machine.events[event].leader;
    if (!is_hardware(event)) {
        return true;
    }
    if (machine.counter_count && machine.events[leader].member_count > machine.counter_count) {
        return false;
    }
    return !machine.turn_count || machine.now_ns / TURN_NS % machine.turn_count ==
                                      machine.events[leader].turn % machine.turn_count;
}

static void work(uint64_t ns)
{
    for (uint64_t i = 0; i < ns; i++) {
        for (int event = 0; event < COUNTER_EVENT_COUNT; event++) {
            if (machine.events[event].is_open &&
                machine.events[machine.events[event].leader].is_started) {
                machine.events[event].enabled_ns++;
                machine.events[event].running_ns += runs(event);
                machine.events[event].count += runs(event) ? rate(event) : 0;
            }
        }
        machine.now_ns++;
    }
}

static int fake_open(enum counter_event event, int leader)
{
    if (machine.missing[event]) {
        return -ENOENT;
    }
    const bool leads = leader < 0;
    if (!leads && (machine.events[leader].member_count >= machine.group_max ||
                   (machine.lonely && !is_hardware((int)event)))) {
        return -EINVAL;
    }
    if (!leads && is_hardware(leader) != is_hardware((int)event)) {
        test_fail(__FILE__, __LINE__, "event %d may not join group %d", (int)event, leader);
    }
    if (machine.events[event].is_open) {
        test_fail(__FILE__, __LINE__, "event %d is open already", (int)event);
    }
    if (!leads && machine.events[leader].is_started) {
        test_fail(__FILE__, __LINE__, "event %d is late for group %d", (int)event, leader);
    }
    machine.events[event].is_open = true;
    machine.events[event].is_started = false;
    machine.events[event].leader = leads ? (int)event : leader;
    machine.events[event].member_count = 0;
    machine.events[event].count = machine.start;
    machine.events[event].enabled_ns = machine.events[event].running_ns = 0;
    machine.events[leads ? (int)event : leader].member_count++;
    if (leads && is_hardware((int)event)) {
        machine.events[event].turn = machine.leader_count++;
    }
    machine.open_count++;
    return (int)event;
}

static void fake_start(int leader)
{
    machine.events[leader].is_started = true;
}

static int fake_read(const int *handles, size_t handle_count, struct counter_value *values)
{
    for (size_t i = 0; i < handle_count; i++) {
        if (machine.events[handles[i]].leader != handles[0]) {
            test_fail(__FILE__, __LINE__, "event %d is not in group %d", handles[i], handles[0]);
        }
        if (machine.read_cost) { // reading takes time, too
            machine.events[handles[i]].count += machine.read_cost;
            machine.events[handles[i]].enabled_ns += 10;
            machine.events[handles[i]].running_ns += 10;
        }
        values[i] = (struct counter_value){
            .count = machine.events[handles[i]].count & (~(uint64_t)0 >> (64 - machine.width_bits)),
            .enabled_ns = machine.events[handles[i]].enabled_ns,
            .running_ns = machine.events[handles[i]].running_ns,
        };
    }
    return 0;
}

static void fake_close(int handle)
{
    const int leader = machine.events[handle].leader;
    if (leader == handle && machine.events[handle].member_count != 1) {
        test_fail(__FILE__, __LINE__, "leader %d is closed before its members", handle);
    }
    machine.events[leader].member_count--;
    machine.events[handle].is_open = false;
    machine.open_count--;
}

static void set_up(struct counter_set *set, bool hardware)
{
    static struct counter_source source = {
        .open = fake_open, .start = fake_start, .read = fake_read, .close = fake_close};
    source.width_bits = machine.width_bits;
    counter_set_init(set, &source, hardware);
}

// As a new machine: everything fits.
static void reset(void)
{
    machine = (struct machine){.group_max = COUNTER_EVENT_COUNT, .width_bits = 64};
}

static void count_windows(struct counter_set *set, struct counter_total *total, int window_count,
                          uint64_t window_ns)
{
    for (int i = 0; i < window_count; i++) {
        counter_set_begin(set);
        work(window_ns);
        counter_set_end(set, total);
        counter_set_calibrate(set);
    }
}

// Every open event has its rate in every nanosecond, and this share of the time.
static void check_figures(int line, const struct counter_set *set,
                          const struct counter_total *total, double ns, double hardware_share)
{
    for (enum counter_event event = 0; event < COUNTER_EVENT_COUNT; event++) {
        double share = -1;
        const double figure = counter_set_figure(set, event, total, ns, &share);
        const double expected_share = is_hardware((int)event) ? hardware_share : 1;
        if (machine.missing[event]) {
            if (!isnan(figure) || share != 0 || set->errors[event] != -ENOENT) {
                test_fail(__FILE__, line, "missing event %d: %g, share %g, error %d", (int)event,
                          figure, share, set->errors[event]);
            }
        } else if (fabs(figure - (double)rate((int)event)) > 1e-9 ||
                   fabs(share - expected_share) > 1e-9) {
            test_fail(__FILE__, line, "event %d: %.12g per ns, share %g, expected %.12g and %g",
                      (int)event, figure, share, (double)rate((int)event), expected_share);
        }
    }
}

TEST(all_events_fit_in_a_group_a_kind)
{
    struct counter_set set;
    struct counter_total total = {0};
    reset();
    set_up(&set, true);
    CHECK_EQUAL(set.group_count, 2);
    CHECK_EQUAL(machine.open_count, COUNTER_EVENT_COUNT);
    count_windows(&set, &total, 7, 100);
    check_figures(__LINE__, &set, &total, 700, 1);
    CHECK(!counter_set_split(&set));
    counter_set_release(&set);
    CHECK_EQUAL(machine.open_count, 0);
}

TEST(a_refused_group_is_split)
{
    for (size_t most = 1; most <= 6; most++) {
        struct counter_set set;
        struct counter_total total = {0};
        reset();
        machine.group_max = most;
        set_up(&set, true);
        CHECK_EQUAL(machine.leader_count, (6 + most - 1) / most); // of the hardware
        count_windows(&set, &total, 3, 50);
        check_figures(__LINE__, &set, &total, 150, 1);
        counter_set_release(&set);
        CHECK_EQUAL(machine.open_count, 0);
    }
}

TEST(counts_of_groups_that_take_turns_are_scaled)
{
    struct counter_set set;
    struct counter_total total = {0};
    reset();
    machine.group_max = 2;
    machine.turn_count = 3;
    set_up(&set, true);
    // Windows are shorter than turns, and together last a whole number of rounds.
    count_windows(&set, &total, 300, TURN_NS / 10);
    check_figures(__LINE__, &set, &total, 300.0 * TURN_NS / 10, 1.0 / 3);
    counter_set_release(&set);
}

TEST(a_missing_event_is_left_out_and_costs_no_group)
{
    struct counter_set set;
    struct counter_total total = {0};
    reset();
    machine.missing[COUNTER_L1D_MISSES] = machine.missing[COUNTER_MIGRATIONS] = true;
    set_up(&set, true);
    CHECK_EQUAL(set.group_count, 2);
    count_windows(&set, &total, 4, 25);
    check_figures(__LINE__, &set, &total, 100, 1);
    int error = 0;
    CHECK(counter_set_has_hardware(&set, &error) == false); // nobody works while it looks
    CHECK_EQUAL(error, -ENODATA);
    counter_set_release(&set);
}

TEST(without_any_hardware_the_first_error_is_told)
{
    struct counter_set set;
    struct counter_total total = {0};
    int error = 0;
    reset();
    for (int event = 0; event < COUNTER_HARDWARE_COUNT; event++) {
        machine.missing[event] = true;
    }
    set_up(&set, true);
    CHECK(!counter_set_has_hardware(&set, &error));
    CHECK_EQUAL(error, -ENOENT);
    count_windows(&set, &total, 4, 25);
    check_figures(__LINE__, &set, &total, 100, 1);
    counter_set_release(&set);
}

TEST(hardware_that_counts_is_seen)
{
    struct counter_set set;
    int error = 0;
    reset();
    machine.read_cost = 1;
    set_up(&set, true);
    CHECK(counter_set_has_hardware(&set, &error));
    counter_set_release(&set);
}

TEST(hardware_that_is_not_wanted_is_not_opened)
{
    struct counter_set set;
    reset();
    set_up(&set, false);
    CHECK_EQUAL(machine.open_count, COUNTER_EVENT_COUNT - COUNTER_HARDWARE_COUNT);
    CHECK_EQUAL(set.errors[COUNTER_CYCLES], -ECANCELED);
    counter_set_release(&set);
}

TEST(counters_wrap_at_their_width)
{
    static const unsigned widths[] = {32, 48, 63, 64};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct counter_set set;
        struct counter_total total = {0};
        reset();
        machine.width_bits = widths[i];
        machine.start = ~(uint64_t)0 - 200; // the rates are 3 to 12: it wraps in some window
        set_up(&set, true);
        count_windows(&set, &total, 5, 20);
        check_figures(__LINE__, &set, &total, 100, 1);
        counter_set_release(&set);
    }
}

TEST(what_reading_adds_is_subtracted)
{
    struct counter_set set;
    struct counter_total total = {0};
    reset();
    machine.read_cost = 1000;
    set_up(&set, true);
    count_windows(&set, &total, 10, 30);
    check_figures(__LINE__, &set, &total, 300, 1);
    CHECK_EQUAL(set.empty.values[COUNTER_CYCLES].count, 10 * 1000);
    counter_set_release(&set);
}

TEST(what_is_less_than_the_reading_is_no_negative_count)
{
    struct counter_set set;
    struct counter_total total = {0};
    double share;
    reset();
    set_up(&set, true);
    count_windows(&set, &total, 10, 30);
    set.empty.values[COUNTER_CYCLES].count = 1 << 30;
    set.empty.values[COUNTER_CYCLES].enabled_ns = set.empty.values[COUNTER_CYCLES].running_ns = 10;
    CHECK(counter_set_figure(&set, COUNTER_CYCLES, &total, 300, &share) == 0);
    counter_set_release(&set);
}

// As when the NMI watchdog holds a counter of which the kernel's check of the group knows nothing.
TEST(a_group_that_never_runs_is_split_and_counted_again)
{
    struct counter_set set;
    struct counter_total total = {0};
    double share;
    reset();
    machine.counter_count = 4;
    set_up(&set, true);
    count_windows(&set, &total, 5, 20);
    CHECK(isnan(counter_set_figure(&set, COUNTER_CYCLES, &total, 100, &share)));
    CHECK(counter_set_split(&set));
    CHECK_EQUAL(machine.open_count, COUNTER_EVENT_COUNT);
    memset(&total, 0, sizeof total);
    count_windows(&set, &total, 5, 20);
    check_figures(__LINE__, &set, &total, 100, 1);
    CHECK(!counter_set_split(&set));
    counter_set_release(&set);
    CHECK_EQUAL(machine.open_count, 0);
}

TEST(an_event_that_never_runs_alone_is_given_up)
{
    struct counter_set set;
    struct counter_total total = {0};
    double share;
    reset();
    machine.group_max = 1;
    machine.turn_count = 1000; // none but the first gets a turn in this test
    set_up(&set, true);
    count_windows(&set, &total, 5, 20);
    CHECK(!counter_set_split(&set));
    CHECK_EQUAL(set.errors[COUNTER_CYCLES], 0);
    CHECK_EQUAL(set.errors[COUNTER_BRANCH_MISSES], -EBUSY);
    CHECK(isnan(counter_set_figure(&set, COUNTER_BRANCH_MISSES, &total, 100, &share)));
    CHECK(counter_set_figure(&set, COUNTER_CYCLES, &total, 100, &share) == 3);
    counter_set_release(&set);
    CHECK_EQUAL(machine.open_count, 0);
}

TEST(software_events_may_each_be_alone)
{
    struct counter_set set;
    struct counter_total total = {0};
    reset();
    machine.lonely = true;
    set_up(&set, true);
    CHECK_EQUAL(set.group_count, 5);
    count_windows(&set, &total, 5, 20);
    check_figures(__LINE__, &set, &total, 100, 1);
    counter_set_release(&set);
}
