#include "runtime/stack_profile.h"

#include "runtime/coroutine_pool.h"
#include "runtime/growth.h"
#include "runtime/proc.h"
#include "runtime/stack_charge.h"
#include "runtime/symbol.h"
#include "runtime/world.h"

#include <string.h>

enum {
    KEPT_COUNT_MAX = 1024, // of all procs together
    PRINTED_COUNT_MAX = 20,
};

static struct {
    struct stack_profile_entry entries[KEPT_COUNT_MAX]; // the first is the rest's
    size_t count;
} kept;

void stack_charge_add(struct stack_profile_entry *sum, const struct stack_profile_entry *entry)
{
    sum->grow_count += entry->grow_count;
    sum->shrink_count += entry->shrink_count;
    sum->copied_bytes += entry->copied_bytes;
    sum->relocated_words += entry->relocated_words;
    if (entry->stack_bytes_max > sum->stack_bytes_max) {
        sum->stack_bytes_max = entry->stack_bytes_max;
    }
}

void stack_charge_sum(struct stack_profile_entry *sum, const struct stack_charge_table *table)
{
    for (unsigned i = 0; i < STACK_CHARGE_COUNT; i++) {
        stack_charge_add(sum, &table->entries[i]);
    }
    stack_charge_add(sum, &table->rest);
}

static void keep(const struct stack_profile_entry *entry)
{
    size_t i = 0;
    while (i < kept.count && kept.entries[i].function != entry->function) {
        i++;
    }
    if (i == KEPT_COUNT_MAX) {
        i = 0;
    } else if (i == kept.count) {
        kept.entries[kept.count++] = (struct stack_profile_entry){.function = entry->function};
    }
    stack_charge_add(&kept.entries[i], entry);
}

void stack_charge_keep(void)
{
    kept.count = 0;
    for (unsigned i = 0; i < proc_count; i++) {
        const struct stack_charge_table *const table = &proc_table[i].charges;
        keep(&table->rest);
        for (unsigned k = 0; k < STACK_CHARGE_COUNT; k++) {
            if (table->entries[k].function) {
                keep(&table->entries[k]);
            }
        }
    }
}

static bool comes_before(const struct stack_profile_entry *a, const struct stack_profile_entry *b)
{
    return a->copied_bytes != b->copied_bytes ? a->copied_bytes > b->copied_bytes
                                              : a->grow_count > b->grow_count;
}

struct request {
    struct stack_profile_entry *entries;
    size_t capacity_count;
    size_t count;
};

static bool has_happened(const struct stack_profile_entry *entry)
{
    return entry->grow_count + entry->shrink_count + entry->copied_bytes > 0;
}

static void read_profile(void *arg)
{
    struct request *const request = arg;
    if (world_is_parallel) {
        world_stop();
    }
    if (proc_current) {
        stack_charge_keep();
    }
    if (world_is_parallel) {
        world_start();
    }
    // Insertion into what is asked for: callers ask for a few.
    size_t filled_count = 0;
    for (size_t i = 0; i < kept.count; i++) {
        const struct stack_profile_entry *const entry = &kept.entries[i];
        if (!has_happened(entry)) {
            continue;
        }
        request->count++;
        size_t place = filled_count;
        while (place > 0 && comes_before(entry, &request->entries[place - 1])) {
            if (place < request->capacity_count) {
                request->entries[place] = request->entries[place - 1];
            }
            place--;
        }
        if (place < request->capacity_count) {
            request->entries[place] = *entry;
            filled_count += filled_count < request->capacity_count;
        }
    }
}

size_t runtime_stack_profile(struct stack_profile_entry *entries, size_t capacity_count)
{
    struct request request = {.entries = entries, .capacity_count = capacity_count};
    proc_call_system(read_profile, &request);
    return request.count;
}

static void count_stack(struct coroutine *coroutine, void *context)
{
    struct stack_census *const census = context;
    const uint64_t size_bytes = growth_size_bytes(coroutine->stack);
    const unsigned class = 63 - (unsigned)__builtin_clzll(size_bytes);
    census->coroutine_counts[class]++;
    census->stack_bytes[class] += size_bytes;
    census->used_bytes[class] += growth_used_bytes(coroutine);
}

static void take_census(void *arg)
{
    if (world_is_parallel) {
        world_stop();
    }
    if (proc_current) {
        coroutine_pool_each(count_stack, arg);
    }
    if (world_is_parallel) {
        world_start();
    }
}

void runtime_stack_census(struct stack_census *census)
{
    memset(census, 0, sizeof *census);
    proc_call_system(take_census, census);
}

static void print_profile(void *arg)
{
    FILE *const out = arg;
    struct stack_profile_entry entries[PRINTED_COUNT_MAX];
    const size_t count = runtime_stack_profile(entries, PRINTED_COUNT_MAX);
    fprintf(out, "%10s %8s %14s %12s %12s  function\n", "grown", "shrunk", "copied bytes",
            "words moved", "largest");
    for (size_t i = 0; i < count && i < PRINTED_COUNT_MAX; i++) {
        const struct stack_profile_entry *const entry = &entries[i];
        fprintf(out, "%10llu %8llu %14llu %12llu %12llu  ", (unsigned long long)entry->grow_count,
                (unsigned long long)entry->shrink_count, (unsigned long long)entry->copied_bytes,
                (unsigned long long)entry->relocated_words,
                (unsigned long long)entry->stack_bytes_max);
        if (entry->function) {
            symbol_print(out, entry->function);
        } else {
            fputs("(shrinking, and what is not listed by name)", out);
        }
        fputc('\n', out);
    }
    if (count > PRINTED_COUNT_MAX) {
        fprintf(out, "... %zu more functions\n", count - PRINTED_COUNT_MAX);
    }
    struct stack_census census;
    runtime_stack_census(&census);
    fprintf(out, "\n%14s %12s %14s %14s\n", "stacks from", "coroutines", "stack bytes",
            "used bytes");
    for (unsigned i = 0; i < STACK_CENSUS_CLASS_COUNT; i++) {
        if (census.coroutine_counts[i] > 0) {
            fprintf(out, "%14llu %12llu %14llu %14llu\n", 1ull << i,
                    (unsigned long long)census.coroutine_counts[i],
                    (unsigned long long)census.stack_bytes[i],
                    (unsigned long long)census.used_bytes[i]);
        }
    }
}

void runtime_stack_profile_print(FILE *out)
{
    proc_call_system(print_profile, out);
}
