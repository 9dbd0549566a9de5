// Channels against Go's rules: order, hand-over, closing, errors; and pointers that only a channel
// keeps.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/runtime.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

static const struct runtime_config CONFIG = {.procs = 1, .stack_bytes_min = 65536};
static const struct runtime_config TWO = {.procs = 2};
static const struct runtime_config STRESS = {
    .procs = 2, .stress = STRESS_STACK_MOVE | STRESS_GC_ALLOC | STRESS_CHECK_MARK};

// Many producers and consumers of one channel, all counts drawn. Every value must arrive once, and
// those of one producer must reach one consumer in the order they were sent.
enum { SIDE_COUNT_MAX = 8, VALUE_COUNT_MAX = 300 };

struct exchange {
    struct channel *channel;
    struct channel *done;
    unsigned producer_count, consumer_count, value_count;
    _Atomic(unsigned) next_producer;
    _Atomic(unsigned) received_count[SIDE_COUNT_MAX][VALUE_COUNT_MAX];
    _Atomic(bool) disordered;
};

static struct exchange exchange;

static void produce(void *unused)
{
    (void)unused;
    const uint64_t self = exchange.next_producer++;
    for (uint64_t i = 0; i < exchange.value_count; i++) {
        const uint64_t value = self << 32 | i;
        channel_send(exchange.channel, &value);
    }
    channel_send(exchange.done, NULL);
}

static void consume(void *unused)
{
    (void)unused;
    int64_t last[SIDE_COUNT_MAX];
    memset(last, -1, sizeof last);
    uint64_t value;
    while (channel_receive(exchange.channel, &value)) {
        const unsigned producer = (unsigned)(value >> 32);
        const int64_t index = (int64_t)(value & UINT32_MAX);
        exchange.received_count[producer][index]++;
        if (index <= last[producer]) {
            exchange.disordered = true;
        }
        last[producer] = index;
    }
    channel_send(exchange.done, NULL);
}

static void exchange_run(size_t capacity, unsigned producer_count, unsigned consumer_count,
                         unsigned value_count)
{
    exchange = (struct exchange){
        .channel = channel_new(sizeof(uint64_t), capacity),
        .done = channel_new(0, 0),
        .producer_count = producer_count,
        .consumer_count = consumer_count,
        .value_count = value_count,
    };
    for (unsigned i = 0; i < exchange.producer_count; i++) {
        coroutine_spawn(produce, NULL);
    }
    for (unsigned i = 0; i < exchange.consumer_count; i++) {
        coroutine_spawn(consume, NULL);
    }
    for (unsigned i = 0; i < exchange.producer_count; i++) {
        channel_receive(exchange.done, NULL);
    }
    channel_close(exchange.channel);
    for (unsigned i = 0; i < exchange.consumer_count; i++) {
        channel_receive(exchange.done, NULL);
    }
}

static void run_drawn(void *arg)
{
    struct rng *const rng = arg;
    const size_t capacity = rng_below(rng, 4) ? rng_below(rng, 20) : 0;
    const unsigned producer_count = 1 + rng_below(rng, SIDE_COUNT_MAX);
    const unsigned consumer_count = 1 + rng_below(rng, SIDE_COUNT_MAX);
    exchange_run(capacity, producer_count, consumer_count, 1 + rng_below(rng, VALUE_COUNT_MAX));
}

static void check_exchange(const struct runtime_config *config, void (*fn)(void *), void *arg)
{
    // The channels live in the heap while only this global holds them.
    heap_root_add(&exchange, sizeof exchange);
    CHECK_EQUAL(runtime_run(config, fn, arg), 0);
    CHECK(!exchange.disordered);
    for (unsigned p = 0; p < exchange.producer_count; p++) {
        for (unsigned i = 0; i < exchange.value_count; i++) {
            CHECK_EQUAL(exchange.received_count[p][i], 1);
        }
    }
}

TEST(every_value_arrives_once_and_in_order)
{
    struct rng rng;
    rng_init(&rng, 1);
    for (int i = 0; i < 200; i++) {
        check_exchange(&CONFIG, run_drawn, &rng);
    }
    for (int i = 0; i < 100; i++) {
        check_exchange(&TWO, run_drawn, &rng);
    }
    for (int i = 0; i < 20; i++) {
        check_exchange(&STRESS, run_drawn, &rng);
    }
}

static void run_eight(void *capacity)
{
    exchange_run((uintptr_t)capacity, 8, 8, VALUE_COUNT_MAX);
}

TEST(eight_producers_and_eight_consumers)
{
    const struct runtime_config *const configs[] = {&CONFIG, &TWO, &STRESS};
    for (int i = 0; i < 3; i++) {
        for (uintptr_t capacity = 0; capacity < 20; capacity += 7) {
            check_exchange(configs[i], run_eight, (void *)capacity);
        }
    }
}

// Eratosthenes' sieve as a chain of coroutines: every link is a spawn argument, a channel and two
// parked stacks.
struct filter {
    struct channel *in;
    struct channel *out;
    uint64_t prime;
};

static const uint64_t FILTER_POINTERS[] = {1 | 2};
static const struct heap_type FILTER = {"filter", sizeof(struct filter), FILTER_POINTERS};
static uint64_t last_prime;

static void run_filter(void *arg)
{
    const struct filter *filter = arg;
    uint64_t value;
    for (;;) {
        channel_receive(filter->in, &value);
        if (value % filter->prime) {
            channel_send(filter->out, &value);
        }
    }
}

static void count_up(void *arg)
{
    for (uint64_t value = 2;; value++) {
        channel_send(arg, &value);
    }
}

static void sieve(void *arg)
{
    const int prime_count = *(const int *)arg;
    struct channel *channel = channel_new(sizeof(uint64_t), 0);
    coroutine_spawn(count_up, channel);
    for (int i = 0; i < prime_count; i++) {
        channel_receive(channel, &last_prime);
        struct filter *filter = heap_new(&FILTER);
        filter->prime = last_prime;
        heap_store(&filter->in, channel);
        channel = channel_new(sizeof(uint64_t), 0);
        heap_store(&filter->out, channel);
        coroutine_spawn(run_filter, filter);
    }
}

TEST(prime_sieve)
{
    int prime_count = 500;
    CHECK_EQUAL(runtime_run(&CONFIG, sieve, &prime_count), 0);
    CHECK_EQUAL(last_prime, 3571);
    last_prime = 0;
    CHECK_EQUAL(runtime_run(&TWO, sieve, &prime_count), 0);
    CHECK_EQUAL(last_prime, 3571);
    prime_count = 40;
    CHECK_EQUAL(runtime_run(&STRESS, sieve, &prime_count), 0);
    CHECK_EQUAL(last_prime, 173);
}

// A ring of 10,000 coroutines passes a token around.
enum { RING_COUNT = 10000 };

struct ring_link {
    struct channel *in;
    struct channel *out;
};

static const uint64_t LINK_POINTERS[] = {1 | 2};
static const struct heap_type LINK = {"ring_link", sizeof(struct ring_link), LINK_POINTERS};

static void pass_on(void *arg)
{
    const struct ring_link *link = arg;
    uint64_t token;
    while (channel_receive(link->in, &token)) {
        token++;
        channel_send(link->out, &token);
    }
}

static void ring(void *arg)
{
    struct channel *first = channel_new(sizeof(uint64_t), 1);
    struct channel *last = first;
    for (int i = 0; i < RING_COUNT; i++) {
        struct ring_link *link = heap_new(&LINK);
        heap_store(&link->in, last);
        last = channel_new(sizeof(uint64_t), 1);
        heap_store(&link->out, last);
        coroutine_spawn(pass_on, link);
    }
    uint64_t token = 0;
    for (int round = 0; round < 3; round++) {
        channel_send(first, &token);
        channel_receive(last, &token);
    }
    *(uint64_t *)arg = token;
}

TEST(ring_of_ten_thousand)
{
    const struct runtime_config configs[] = {
        {.procs = 1}, {.procs = 2}, {.procs = 2, .stress = STRESS_STACK_MOVE}};
    for (int i = 0; i < 3; i++) {
        uint64_t token = 0;
        CHECK_EQUAL(runtime_run(&configs[i], ring, &token), 0);
        CHECK_EQUAL(token, 3 * RING_COUNT);
    }
}

// Objects whose only pointer is in a buffer or in a blocked sender's element.
static void send_pointer(void *arg)
{
    uint64_t *object = heap_new_bytes(64);
    *object = 4711;
    channel_send(arg, &object);
}

static void keep_through_channels(void *arg)
{
    bool *right = arg;
    struct channel *buffered = channel_new(sizeof(void *), 1);
    struct channel *direct = channel_new(sizeof(void *), 0);
    coroutine_spawn(send_pointer, buffered);
    coroutine_spawn(send_pointer, direct);
    coroutine_yield();
    uint64_t *object = NULL;
    for (int i = 0; i < 3; i++) {
        heap_collect();
        for (int k = 0; k < 1000; k++) {
            *(uint64_t *)heap_new_bytes(64) = 1; // overwrites what was freed by mistake
        }
    }
    *right = channel_receive(buffered, &object) && *object == 4711;
    *right = *right && channel_receive(direct, &object) && *object == 4711;
}

TEST(channels_keep_their_contents_alive)
{
    bool right = false;
    CHECK_EQUAL(runtime_run(NULL, keep_through_channels, &right), 0);
    CHECK(right);
}

static void receive_from_closed(void *arg)
{
    bool *right = arg;
    struct channel *channel = channel_new(sizeof(int), 3);
    for (int i = 1; i <= 2; i++) {
        channel_send(channel, &i);
    }
    channel_close(channel);
    int value = 0;
    *right = channel_receive(channel, &value) && value == 1;
    *right = *right && channel_receive(channel, &value) && value == 2;
    *right = *right && !channel_receive(channel, &value) && value == 0;
}

TEST(a_closed_channel_drains_then_says_so)
{
    bool right = false;
    CHECK_EQUAL(runtime_run(&CONFIG, receive_from_closed, &right), 0);
    CHECK(right);
}

// Keeps the call before it from becoming a jump, which would leave no frame to name.
#define RETURNS_HERE() __asm__ volatile("")

static void send_on_closed(void *unused)
{
    (void)unused;
    struct channel *channel = channel_new(1, 1);
    channel_close(channel);
    channel_send(channel, "x");
    RETURNS_HERE();
}

static void close_channel(void *arg)
{
    channel_close(arg);
}

static void close_under_sender(void *unused)
{
    (void)unused;
    struct channel *channel = channel_new(1, 0);
    coroutine_spawn(close_channel, channel);
    channel_send(channel, "x");
    RETURNS_HERE();
}

static void close_twice(void *unused)
{
    (void)unused;
    struct channel *channel = channel_new(1, 0);
    channel_close(channel);
    channel_close(channel);
    RETURNS_HERE();
}

static void receive_for_ever(void *arg)
{
    char byte;
    channel_receive(arg, &byte);
    RETURNS_HERE();
}

static void sleep_all(void *unused)
{
    (void)unused;
    struct channel *channel = channel_new(1, 0);
    coroutine_spawn(receive_for_ever, channel);
    receive_for_ever(channel);
    RETURNS_HERE();
}

static void run_default(void *fn)
{
    runtime_run(NULL, (void (*)(void *))(uintptr_t)fn, NULL);
}

static void expect_fatal(void (*fn)(void *), const char *message, const char *function)
{
    int status;
    const char *said = test_in_child(run_default, (void *)(uintptr_t)fn, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(said, message) != NULL);
    CHECK(strstr(said, function) != NULL); // in the backtrace
}

TEST(errors_are_fatal_and_say_where)
{
    expect_fatal(send_on_closed, "fatal error: send on closed channel", "send_on_closed+");
    expect_fatal(close_under_sender, "fatal error: send on closed channel", "close_under_sender+");
    expect_fatal(close_twice, "fatal error: close of closed channel", "close_twice+");
    expect_fatal(sleep_all, "fatal error: all coroutines are asleep: deadlock",
                 "receive_for_ever+");
    expect_fatal(sleep_all, "coroutine 2 [channel receive]", "sleep_all+");
}
