// Groups are filled greedily: a refused event tries to lead a group of its own, and what follows
// joins the newest group. That finds the most that fit together when the events that belong
// together are neighbours, and needs no knowledge of any processor's counters.
//
// Sums are scaled, not windows: a window of 100 us lies within one turn of a group, so most windows
// see a group either for all of their time or not at all.
#include "harness/counter_set.h"

#include "base/assert.h"

#include <errno.h>
#include <math.h>
#include <time.h>

enum { PROBE_LOOP_COUNT = 20000 };

// Longer than the kernel's turns of 1 to 4 ms, so that a group that has not run does not run.
static const double probe_seconds = 0.02;

static const struct counter_value nothing;

static bool is_hardware(enum counter_event event)
{
    return event < COUNTER_HARDWARE_COUNT;
}

// Opens an event in the newest group, or else in one of its own. A hardware event may not join
// software events: these would count at its turns only.
static void event_open(struct counter_set *set, enum counter_event event)
{
    struct counter_group *group = set->group_count > 0 ? &set->groups[set->group_count - 1] : NULL;
    int handle = -ENOENT;
    if (group && is_hardware(group->events[0]) == is_hardware(event)) {
        handle = set->source->open(event, group->handles[0]);
    }
    if (handle < 0) {
        handle = set->source->open(event, -1);
        group = &set->groups[set->group_count];
        if (handle >= 0) {
            *group = (struct counter_group){0};
            set->group_count++;
        }
    }
    set->errors[event] = handle < 0 ? handle : 0;
    if (handle >= 0) {
        group->events[group->count] = event;
        group->handles[group->count++] = handle;
    }
}

void counter_set_init(struct counter_set *set, const struct counter_source *source, bool hardware)
{
    ASSERT(source->width_bits >= 1);
    ASSERT(source->width_bits <= 64);
    *set = (struct counter_set){.source = source};
    for (enum counter_event event = 0; event < COUNTER_EVENT_COUNT; event++) {
        set->errors[event] = -ECANCELED;
        if (hardware || !is_hardware(event)) {
            event_open(set, event);
        }
    }
    for (size_t i = 0; i < set->group_count; i++) {
        source->start(set->groups[i].handles[0]);
    }
}

static void group_close(struct counter_set *set, struct counter_group *group)
{
    while (group->count > 0) {
        set->source->close(group->handles[--group->count]);
    }
}

void counter_set_release(struct counter_set *set)
{
    for (size_t i = 0; i < set->group_count; i++) {
        group_close(set, &set->groups[i]);
    }
    *set = (struct counter_set){0};
}

// Reads all groups into `values`, by event; what cannot be read is 0, as before and after alike.
static void read_all(const struct counter_set *set, struct counter_value *values)
{
    for (size_t i = 0; i < set->group_count; i++) {
        const struct counter_group *const group = &set->groups[i];
        if (group->count == 0) {
            continue;
        }
        struct counter_value read[COUNTER_EVENT_COUNT];
        const bool good = set->source->read(group->handles, group->count, read) == 0;
        for (size_t member = 0; member < group->count; member++) {
            values[group->events[member]] = good ? read[member] : nothing;
        }
    }
}

void counter_set_begin(struct counter_set *set)
{
    read_all(set, set->before);
}

void counter_set_end(struct counter_set *set, struct counter_total *total)
{
    struct counter_value after[COUNTER_EVENT_COUNT];
    read_all(set, after);
    const uint64_t mask = ~(uint64_t)0 >> (64 - set->source->width_bits);
    for (size_t i = 0; i < set->group_count; i++) {
        struct counter_group *const group = &set->groups[i];
        for (size_t member = 0; member < group->count; member++) {
            const enum counter_event event = group->events[member];
            const struct counter_value *const begin = &set->before[event], *const end =
                                                                               &after[event];
            struct counter_value *const sum = &total->values[event];
            sum->count += (end->count - begin->count) & mask;
            sum->enabled_ns += end->enabled_ns - begin->enabled_ns;
            sum->running_ns += end->running_ns - begin->running_ns;
            group->has_run |= end->running_ns != begin->running_ns;
        }
    }
    total->window_count++;
}

void counter_set_calibrate(struct counter_set *set)
{
    counter_set_begin(set);
    counter_set_end(set, &set->empty);
}

bool counter_set_split(struct counter_set *set)
{
    bool opened = false;
    const size_t group_count = set->group_count;
    for (size_t i = 0; i < group_count; i++) {
        struct counter_group *const group = &set->groups[i];
        if (group->has_run) {
            continue;
        }
        const struct counter_group whole = *group;
        group_close(set, group);
        for (size_t member = 0; member < whole.count; member++) {
            const enum counter_event event = whole.events[member];
            const int handle = whole.count > 1 ? set->source->open(event, -1) : -EBUSY;
            set->errors[event] = handle < 0 ? handle : 0;
            if (handle < 0) {
                continue;
            }
            // The first takes the place of the group, which is empty now.
            struct counter_group *const alone =
                group->count == 0 ? group : &set->groups[set->group_count++];
            *alone = (struct counter_group){.events = {event}, .handles = {handle}, .count = 1};
            set->source->start(handle);
            opened = true;
        }
    }
    return opened;
}

// A sum of counts as it would be had the event counted all the time.
static double scaled(const struct counter_value *sum)
{
    return sum->running_ns == 0
               ? 0
               : (double)sum->count * ((double)sum->enabled_ns / (double)sum->running_ns);
}

double counter_set_figure(const struct counter_set *set, enum counter_event event,
                          const struct counter_total *total, double op_count, double *active_share)
{
    ASSERT(event < COUNTER_EVENT_COUNT);
    ASSERT(op_count > 0);
    const struct counter_value *const sum = &total->values[event];
    *active_share = 0;
    if (set->errors[event] != 0 || sum->running_ns == 0) {
        return (double)NAN;
    }
    *active_share = (double)sum->running_ns / (double)sum->enabled_ns;
    const double empty = set->empty.window_count == 0
                             ? 0
                             : scaled(&set->empty.values[event]) / (double)set->empty.window_count;
    const double count = scaled(sum) - empty * (double)total->window_count;
    return count > 0 ? count / op_count : 0;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Whether a hardware event counts up within one probe.
static bool counts_up(struct counter_set *set)
{
    struct counter_total total = {0};
    const double end_seconds = seconds_now() + probe_seconds;
    do {
        counter_set_begin(set);
        for (volatile int i = 0; i < PROBE_LOOP_COUNT; i++) {
        }
        counter_set_end(set, &total);
    } while (seconds_now() < end_seconds);
    uint64_t count = 0;
    for (enum counter_event event = 0; is_hardware(event); event++) {
        count += total.values[event].count;
    }
    return count > 0;
}

bool counter_set_has_hardware(struct counter_set *set, int *error)
{
    bool is_open = false;
    *error = -ENOENT;
    for (enum counter_event event = COUNTER_HARDWARE_COUNT; event-- > 0;) {
        is_open |= set->errors[event] == 0;
        *error = set->errors[event] != 0 ? set->errors[event] : *error;
    }
    if (!is_open) {
        return false;
    }
    *error = -ENODATA;
    return counts_up(set) || (counter_set_split(set) && counts_up(set));
}
