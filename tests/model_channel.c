// Channels against a slow model of Go's semantics: clients carry out random sends, receives,
// selects and closes one at a time, and after each the model says which of them must have returned
// and with what, and which must still wait.
//
// Where Go leaves the choice open, a select with several ready cases, the client's choice is taken
// over after checking that it was among them; everything else is determined, for an operation is
// issued only when all earlier ones have returned or are parked in their channels' queues.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/coroutine_state.h"
#include "runtime/fibre.h"
#include "runtime/proc.h"
#include "runtime/runtime.h"

#include <stdatomic.h>
#include <string.h>

enum {
    CLIENT_COUNT = 7,
    CHANNEL_COUNT = 3,
    CAPACITY_MAX = 3,
    CASE_COUNT_MAX = 3,
    SETTLE_YIELD_COUNT = 3,
};

enum operation { SEND, RECEIVE, SELECT, TRY_SELECT, CLOSE, END };

// One operation with its result; simple ones are a select of one case to the model.
struct order {
    enum operation operation;
    int case_count;
    struct {
        int channel;
        bool is_send;
        uint64_t value; // to send, or received
    } cases[CASE_COUNT_MAX];
    int chosen; // -1: none of a TRY_SELECT
    bool received;
};

struct client {
    _Atomic(struct coroutine *) coroutine;
    struct order order;
    _Atomic(unsigned) issued_count;
    _Atomic(unsigned) returned_count;
    // The model's:
    struct order expected; // with the result, once it has returned
    bool waits;
};

// A channel of the model. A waiting client occurs once a case.
struct entry {
    int client, case_index;
};
struct model_channel {
    uint64_t buffer[CAPACITY_MAX];
    int count, capacity;
    bool closed;
    struct entry senders[CLIENT_COUNT * CASE_COUNT_MAX], receivers[CLIENT_COUNT * CASE_COUNT_MAX];
    int sender_count, receiver_count;
};

static struct client clients[CLIENT_COUNT];
static struct model_channel models[CHANNEL_COUNT];
static struct channel *channels[CHANNEL_COUNT];
static uint64_t next_value;
static unsigned wrong_count;
static unsigned waited_count, selected_count;

// On a coroutine's small stack a failure is only noted.
static int first_wrong_line;
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition) && wrong_count++ == 0) {                                                  \
            first_wrong_line = __LINE__;                                                           \
        }                                                                                          \
    } while (0)

// ---- the real thing

static void carry_out(struct order *order)
{
    struct channel_case cases[CASE_COUNT_MAX];
    for (int i = 0; i < order->case_count; i++) {
        cases[i] = (struct channel_case){
            .channel = channels[order->cases[i].channel],
            .operation = order->cases[i].is_send ? CHANNEL_SEND : CHANNEL_RECEIVE,
            .element = &order->cases[i].value,
        };
    }
    order->chosen = 0;
    order->received = false;
    switch (order->operation) {
    case SEND:
        channel_send(cases[0].channel, cases[0].element);
        break;
    case RECEIVE:
        order->received = channel_receive(cases[0].channel, cases[0].element);
        break;
    case CLOSE:
        channel_close(cases[0].channel);
        break;
    default:
        order->chosen =
            channel_select(cases, (size_t)order->case_count, order->operation == SELECT);
        order->received = order->chosen >= 0 && cases[order->chosen].received;
    }
}

static void be_client(void *arg)
{
    struct client *const client = arg;
    atomic_store(&client->coroutine, proc_current->running);
    unsigned count = 0;
    for (;;) {
        while (atomic_load(&client->issued_count) == count) {
            coroutine_yield();
        }
        count++;
        if (client->order.operation == END) {
            break;
        }
        carry_out(&client->order);
        atomic_store(&client->returned_count, count);
    }
    atomic_store(&client->returned_count, count);
}

FIBRE_UNSEEN static bool is_queued(struct coroutine *coroutine)
{
    return *(struct channel_waiter *volatile *)&coroutine->waiters;
}

// It has put itself into its channels' queues, and has left its stack.
static bool is_parked(const struct client *client)
{
    struct coroutine *const coroutine = atomic_load(&client->coroutine);
    return is_queued(coroutine) && __atomic_load_n(&coroutine->sp, __ATOMIC_ACQUIRE);
}

// ---- the model

static void remove_at(struct entry *entries, int *count, int index)
{
    memmove(&entries[index], &entries[index + 1], (size_t)(--*count - index) * sizeof *entries);
}

static void remove_client(int client)
{
    for (int c = 0; c < CHANNEL_COUNT; c++) {
        struct model_channel *const model = &models[c];
        for (int i = model->sender_count; i-- > 0;) {
            if (model->senders[i].client == client) {
                remove_at(model->senders, &model->sender_count, i);
            }
        }
        for (int i = model->receiver_count; i-- > 0;) {
            if (model->receivers[i].client == client) {
                remove_at(model->receivers, &model->receiver_count, i);
            }
        }
    }
}

static void return_with(int client, int chosen, bool received)
{
    struct client *const it = &clients[client];
    it->waits = false;
    it->expected.chosen = chosen;
    it->expected.received = received;
    remove_client(client);
}

static bool is_ready(const struct order *order, int i)
{
    const struct model_channel *const model = &models[order->cases[i].channel];
    return order->cases[i].is_send ? model->receiver_count > 0 || model->count < model->capacity
                                   : model->count > 0 || model->sender_count > 0 || model->closed;
}

static void deliver(const struct entry *receiver, uint64_t value, bool received)
{
    clients[receiver->client].expected.cases[receiver->case_index].value = value;
    return_with(receiver->client, receiver->case_index, received);
}

static void push(struct model_channel *model, uint64_t value)
{
    model->buffer[model->count++] = value;
}

// The longest-waiting sender's value; the sender returns.
static uint64_t take_from_sender(struct model_channel *model)
{
    const struct entry sender = model->senders[0];
    const uint64_t value = clients[sender.client].expected.cases[sender.case_index].value;
    return_with(sender.client, sender.case_index, false);
    return value;
}

// A case that is ready is carried out.
static void model_case(int client, int i)
{
    struct order *const order = &clients[client].expected;
    struct model_channel *const model = &models[order->cases[i].channel];
    const uint64_t value = order->cases[i].value;
    if (order->cases[i].is_send) {
        if (model->receiver_count > 0) {
            const struct entry receiver = model->receivers[0];
            deliver(&receiver, value, true);
        } else {
            push(model, value);
        }
        return_with(client, i, false);
        return;
    }
    const bool received = model->count > 0 || model->sender_count > 0;
    order->cases[i].value = 0;
    if (model->count > 0) {
        order->cases[i].value = model->buffer[0];
        memmove(model->buffer, model->buffer + 1, (size_t)--model->count * sizeof(uint64_t));
        if (model->sender_count > 0) {
            push(model, take_from_sender(model));
        }
    } else if (model->sender_count > 0) {
        order->cases[i].value = take_from_sender(model);
    }
    return_with(client, i, received);
}

static void model_wait(int client)
{
    struct client *const it = &clients[client];
    it->waits = true;
    waited_count++;
    for (int i = 0; i < it->expected.case_count; i++) {
        struct model_channel *const model = &models[it->expected.cases[i].channel];
        const struct entry entry = {client, i};
        if (it->expected.cases[i].is_send) {
            model->senders[model->sender_count++] = entry;
        } else {
            model->receivers[model->receiver_count++] = entry;
        }
    }
}

static void model_close(int channel)
{
    struct model_channel *const model = &models[channel];
    model->closed = true;
    while (model->receiver_count > 0) {
        const struct entry receiver = model->receivers[0];
        deliver(&receiver, 0, false);
    }
}

// ---- what is tried

static void draw_case(struct rng *rng, struct order *order, bool is_send)
{
    const int i = order->case_count++;
    order->cases[i].channel = (int)rng_below(rng, CHANNEL_COUNT);
    order->cases[i].is_send = is_send;
    order->cases[i].value = is_send ? ++next_value : ~UINT64_C(0);
}

// False when the drawn operation would be a fatal error.
static bool draw(struct rng *rng, struct order *order)
{
    *order = (struct order){0};
    const uint32_t kind = rng_below(rng, 100);
    order->operation = kind < 30   ? SEND
                       : kind < 60 ? RECEIVE
                       : kind < 85 ? SELECT
                       : kind < 98 ? TRY_SELECT
                                   : CLOSE;
    const bool is_select = order->operation == SELECT || order->operation == TRY_SELECT;
    const uint32_t case_count = is_select ? 1 + rng_below(rng, CASE_COUNT_MAX) : 1;
    for (uint32_t i = 0; i < case_count; i++) {
        draw_case(rng, order, is_select ? rng_below(rng, 2) : order->operation == SEND);
    }
    for (int i = 0; i < order->case_count; i++) {
        const struct model_channel *const model = &models[order->cases[i].channel];
        if ((order->cases[i].is_send && model->closed) ||
            (order->operation == CLOSE && (model->closed || model->sender_count > 0))) {
            return false;
        }
    }
    return true;
}

// Waits until the client has returned, or is parked when it must wait.
static void await(const struct client *client)
{
    const unsigned issued_count = atomic_load(&client->issued_count);
    while (client->waits ? !is_parked(client)
                         : atomic_load(&client->returned_count) != issued_count) {
        coroutine_yield();
    }
}

static void compare(const struct client *client)
{
    const bool returned =
        atomic_load(&client->returned_count) == atomic_load(&client->issued_count);
    EXPECT(returned == !client->waits);
    if (!returned || client->order.operation == CLOSE || client->order.operation == END) {
        return;
    }
    EXPECT(client->order.chosen == client->expected.chosen);
    EXPECT(client->order.received == client->expected.received);
    for (int i = 0; i < client->order.case_count; i++) {
        EXPECT(client->order.cases[i].value == client->expected.cases[i].value);
    }
}

// Before the client runs: what the model can say alone. A choice among several ready cases is the
// client's; returns whether it is.
static bool model_begin(int client)
{
    const struct order *const order = &clients[client].expected;
    int ready_count = 0, ready = -1;
    for (int i = 0; i < order->case_count && order->operation != CLOSE; i++) {
        if (is_ready(order, i)) {
            ready_count++;
            ready = i;
        }
    }
    if (order->operation == CLOSE) {
        model_close(order->cases[0].channel);
    } else if (ready_count == 1) {
        model_case(client, ready);
    } else if (ready_count == 0 && order->operation == TRY_SELECT) {
        return_with(client, -1, false);
    } else if (ready_count == 0 && order->operation != END) {
        model_wait(client);
    }
    return ready_count > 1;
}

static void issue(int index, const struct order *order)
{
    struct client *const client = &clients[index];
    client->order = client->expected = *order;
    const bool choice_is_open = model_begin(index);
    atomic_fetch_add(&client->issued_count, 1);
    if (choice_is_open) {
        await(client);
        const int chosen = client->order.chosen;
        EXPECT(chosen >= 0 && chosen < order->case_count && is_ready(order, chosen));
        if (wrong_count == 0) {
            model_case(index, chosen);
        }
        selected_count++;
    }
    for (int i = 0; i < CLIENT_COUNT; i++) {
        await(&clients[i]);
    }
    for (int i = 0; i < SETTLE_YIELD_COUNT; i++) {
        coroutine_yield();
    }
    for (int i = 0; i < CLIENT_COUNT; i++) {
        compare(&clients[i]);
    }
}

static void begin_round(struct rng *rng)
{
    memset(models, 0, sizeof models);
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        models[i].capacity = (int)rng_below(rng, CAPACITY_MAX + 1);
        channels[i] = channel_new(sizeof(uint64_t), (size_t)models[i].capacity);
    }
    for (int i = 0; i < CLIENT_COUNT; i++) {
        clients[i] = (struct client){0};
        coroutine_spawn(be_client, &clients[i]);
        while (!atomic_load(&clients[i].coroutine)) {
            coroutine_yield();
        }
    }
}

// Those that wait are left behind in channels that nobody else knows.
static void end_round(void)
{
    const struct order end = {.operation = END};
    for (int i = 0; i < CLIENT_COUNT; i++) {
        if (!clients[i].waits) {
            issue(i, &end);
        }
    }
}

struct plan {
    uint64_t seed;
    int round_count;
    int step_count; // a round
};

static void run_rounds(void *arg)
{
    const struct plan *const plan = arg;
    struct rng rng;
    rng_init(&rng, plan->seed);
    for (int round = 0; round < plan->round_count && wrong_count == 0; round++) {
        begin_round(&rng);
        for (int step = 0; step < plan->step_count && wrong_count == 0; step++) {
            const int client = (int)rng_below(&rng, CLIENT_COUNT);
            struct order order;
            if (!clients[client].waits && draw(&rng, &order)) {
                issue(client, &order);
            }
        }
        if (wrong_count == 0) {
            end_round();
        }
    }
}

static void check_plan(const struct runtime_config *config, const struct plan *plan)
{
    wrong_count = waited_count = selected_count = 0;
    first_wrong_line = 0;
    heap_root_add(channels, sizeof channels);
    CHECK_EQUAL(runtime_run(config, run_rounds, (void *)(uintptr_t)plan), 0);
    CHECK_EQUAL(wrong_count, 0);
    CHECK_EQUAL(first_wrong_line, 0); // which EXPECT() above failed first
    // The plan reached what it is for.
    CHECK(waited_count > (unsigned)plan->round_count);
    CHECK(selected_count > (unsigned)plan->round_count);
}

TEST(channels_equal_their_model)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        const struct plan plan = {.seed = seed, .round_count = 100, .step_count = 60};
        check_plan(&(struct runtime_config){.procs = 1}, &plan);
    }
}

TEST(channels_equal_their_model_on_two_workers)
{
    const struct plan plan = {.seed = 4, .round_count = 60, .step_count = 60};
    check_plan(&(struct runtime_config){.procs = 2}, &plan);
}

TEST(channels_equal_their_model_under_stress)
{
    const struct plan plan = {.seed = 5, .round_count = 4, .step_count = 60};
    for (unsigned procs = 1; procs <= 2; procs++) {
        check_plan(&(struct runtime_config){.procs = procs,
                                            .stress = STRESS_STACK_MOVE | STRESS_GC_ALLOC |
                                                      STRESS_CHECK_MARK},
                   &plan);
    }
}
