#include "harness/pair_sides.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 64 };

enum pair_sides_outcome pair_sides_parse(struct pair_sides *sides, const char *text)
{
    char copy[TEXT_BYTES];
    const int length = snprintf(copy, sizeof copy, "%s", text);
    char *const colon = strchr(copy, ':');
    if (!colon || length >= TEXT_BYTES) {
        return PAIR_SIDES_NO_PAIR;
    }
    *colon = '\0';
    const char *const names[2] = {copy, colon + 1};
    int strategy_count = 0;
    *sides = (struct pair_sides){.placements = {PLACEMENT_STACK, PLACEMENT_STACK}};
    for (int i = 0; i < 2; i++) {
        if (strategy_find(names[i], &sides->strategies[i])) {
            strategy_count++;
            continue;
        }
        sides->placements[i] = placement_find(names[i]);
        if (sides->placements[i] == PLACEMENT_COUNT) {
            return PAIR_SIDES_UNKNOWN;
        }
    }
    sides->by_strategy = strategy_count == 2;
    return strategy_count == 1 ? PAIR_SIDES_NO_PAIR : PAIR_SIDES_OK;
}

const char *pair_sides_name(const struct pair_sides *sides, int side)
{
    return sides->by_strategy ? strategy_name(sides->strategies[side])
                              : placement_name(sides->placements[side]);
}
