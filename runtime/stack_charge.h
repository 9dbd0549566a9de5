// Where stack_profile.h's numbers are kept: a table of each proc, which only it writes.
#ifndef RUNTIME_STACK_CHARGE_H
#define RUNTIME_STACK_CHARGE_H

#include "runtime/stack_profile.h"

enum { STACK_CHARGE_COUNT = 256, STACK_CHARGE_PROBE_COUNT = 8 };

// Zeroed: empty. Open addressing; what finds no place among so many is charged to `rest`.
struct stack_charge_table {
    struct stack_profile_entry entries[STACK_CHARGE_COUNT];
    struct stack_profile_entry rest;
};

// The entry of a function, or the rest's. Never NULL.
static inline struct stack_profile_entry *stack_charge_entry(struct stack_charge_table *table,
                                                             const void *function)
{
    const uint64_t hash = (uint64_t)(uintptr_t)function * 0x9e3779b97f4a7c15u >> 48;
    for (unsigned i = 0; i < STACK_CHARGE_PROBE_COUNT; i++) {
        struct stack_profile_entry *const entry = &table->entries[(hash + i) % STACK_CHARGE_COUNT];
        if (entry->function == function) {
            return entry;
        }
        if (!entry->function) {
            entry->function = function;
            return entry;
        }
    }
    return &table->rest;
}

// Adds the numbers of one entry to another.
void stack_charge_add(struct stack_profile_entry *sum, const struct stack_profile_entry *entry);

// Adds those of a whole table.
void stack_charge_sum(struct stack_profile_entry *sum, const struct stack_charge_table *table);

// Keeps the numbers of all procs for runtime_stack_profile(), in place of those kept before. Nobody
// changes them meanwhile.
void stack_charge_keep(void);

#endif
