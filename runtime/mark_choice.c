#include "runtime/mark_choice.h"

#include <stddef.h>
#include <string.h>

// Then one collection in sixteen is by spans, which takes a shuffled heap some 4 % more time.
enum { PATIENCE_MAX = 15 };

void mark_choice_init(struct mark_choice *choice, const char *setting)
{
    const bool by_spans = setting && strcmp(setting, "spans") == 0;
    const bool by_objects = setting && strcmp(setting, "objects") == 0;
    *choice = (struct mark_choice){.by_spans = !by_objects, .is_fixed = by_spans || by_objects};
}

static bool is_another_heap(const struct mark_choice *choice, uint64_t live_bytes)
{
    return live_bytes < choice->live_bytes / 2 || live_bytes / 2 > choice->live_bytes;
}

void mark_choice_next(struct mark_choice *choice, uint64_t live_bytes, uint64_t visited_bytes,
                      uint64_t dense_bytes)
{
    if (choice->is_fixed) {
        return;
    }
    if (is_another_heap(choice, live_bytes)) {
        choice->patience = 0;
        choice->left_count = 0;
    }
    if (choice->by_spans) {
        if (dense_bytes >= visited_bytes / 4 * 3) {
            choice->patience = 0;
        } else if (choice->patience < PATIENCE_MAX) {
            choice->patience = 2 * choice->patience + 1;
        }
        choice->left_count = choice->patience;
        choice->live_bytes = live_bytes;
    } else if (choice->left_count > 0) {
        choice->left_count--;
    }
    choice->by_spans = choice->left_count == 0;
}
