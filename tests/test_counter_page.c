// Pages as a kernel would fill them, and registers that are variables.
#include "harness/counter_page.h"
#include "tests/test.h"

static struct perf_event_mmap_page page;
static uint64_t raw, ticks;
static uint32_t read_index;
static int reading_count;
static void (*during_reading)(void);

static uint64_t fake_counter(uint32_t index)
{
    read_index = index;
    reading_count++;
    const uint64_t value = raw;
    if (during_reading) {
        during_reading();
    }
    return value;
}

static uint64_t fake_ticks(void)
{
    return ticks;
}

static const struct counter_registers registers = {.counter = fake_counter, .ticks = fake_ticks};

// A counter in register 2, of 48 bits, whose times grow by a nanosecond every four ticks.
static void reset(void)
{
    page = (struct perf_event_mmap_page){.lock = 8,
                                         .index = 3,
                                         .offset = 1000,
                                         .time_enabled = 500,
                                         .time_running = 400,
                                         .pmc_width = 48,
                                         .time_shift = 4,
                                         .time_mult = 4};
    page.cap_user_rdpmc = page.cap_user_time = 1;
    raw = ticks = 0;
    reading_count = 0;
    during_reading = NULL;
}

TEST(adds_the_register_and_the_time_since)
{
    struct counter_value value;
    reset();
    raw = 77;
    ticks = 400;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(read_index, 2);
    CHECK_EQUAL(value.count, 1077);
    CHECK_EQUAL(value.enabled_ns, 600);
    CHECK_EQUAL(value.running_ns, 500);
}

// The kernel starts a register below zero and lets it count up through it.
TEST(a_register_that_passes_zero_wraps_at_its_width)
{
    struct counter_value before, after;
    reset();
    raw = ((uint64_t)1 << 48) - 10;
    CHECK(counter_page_read(&page, &registers, &before));
    CHECK_EQUAL(before.count, 990);
    raw = 5;
    CHECK(counter_page_read(&page, &registers, &after));
    CHECK_EQUAL(after.count - before.count, 15);
}

TEST(bits_above_the_width_mean_nothing)
{
    struct counter_value value;
    reset();
    raw = (uint64_t)0xabcd << 48 | 42;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(value.count, 1042);
    page.pmc_width = 64;
    raw = ~(uint64_t)0;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(value.count, 999);
}

TEST(without_a_register_it_has_the_last_count_and_does_not_run)
{
    struct counter_value value;
    reset();
    page.index = 0;
    ticks = 400;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(reading_count, 0);
    CHECK_EQUAL(value.count, 1000);
    CHECK_EQUAL(value.enabled_ns, 600);
    CHECK_EQUAL(value.running_ns, 400);
}

static void move_counter(void)
{
    during_reading = NULL;
    page.lock += 2;
    page.offset = 5000;
    page.index = 1;
    raw = 6;
}

TEST(a_change_while_reading_starts_it_again)
{
    struct counter_value value;
    reset();
    raw = 77;
    during_reading = move_counter;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(reading_count, 2);
    CHECK_EQUAL(read_index, 0);
    CHECK_EQUAL(value.count, 5006);
}

// 2^40 ticks * 2^31 has no room in 64 bits; 2^40 * 2^31 / 2^33 = 2^38 has.
TEST(times_of_many_ticks_do_not_overflow)
{
    struct counter_value value;
    reset();
    page.time_shift = 33;
    page.time_mult = 1u << 31;
    ticks = (uint64_t)1 << 40;
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(value.enabled_ns, 500 + ((int64_t)1 << 38));
}

TEST(a_short_clock_is_extended)
{
    struct counter_value value;
    reset();
    page.cap_user_time_short = 1;
    page.time_mask = 0xffff;
    page.time_cycles = 0x1fff0;
    ticks = 0x10; // 32 later, having passed 0x10000
    CHECK(counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(value.enabled_ns, 500 + 0x20010 / 4);
}

TEST(what_user_space_may_not_read_is_refused_untouched)
{
    struct counter_value value = {.count = 3};
    reset();
    page.cap_user_rdpmc = 0;
    CHECK(!counter_page_read(&page, &registers, &value));
    page.cap_user_rdpmc = 1;
    page.cap_user_time = 0;
    CHECK(!counter_page_read(&page, &registers, &value));
    CHECK_EQUAL(value.count, 3);
    CHECK_EQUAL(reading_count, 0);
}
