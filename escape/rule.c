// The names of the rules, and in a mutation build the switches.
#include "escape/rule.h"

#include "base/assert.h"

#ifdef ESCAPE_MUTATION
#include "base/die.h"

#include <stdlib.h>
#include <string.h>
#endif

static const struct {
    const char *name, *words;
} rules[RULE_COUNT] = {
#define RULE_ROW(name, words) [RULE_##name] = {#name, words},
    RULE_LIST(RULE_ROW)
#undef RULE_ROW
};

const char *rule_name(enum rule rule)
{
    ASSERT(rule < RULE_COUNT);
    return rules[rule].name;
}

const char *rule_words(enum rule rule)
{
    ASSERT(rule < RULE_COUNT);
    return rules[rule].words;
}

#ifdef ESCAPE_MUTATION
static bool rule_is_named(const char *list, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = list; *at;) {
        const size_t part = strcspn(at, ",");
        if (part == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += part + (at[part] == ',');
    }
    return false;
}

bool rule_on(enum rule rule)
{
    static bool off[RULE_COUNT], is_read;
    if (!is_read) {
        const char *const list = getenv("ESCAPE_RULE_OFF");
        for (unsigned i = 0; i < RULE_COUNT; i++) {
            off[i] = list && rule_is_named(list, rules[i].name);
        }
        is_read = true;
    }
    return !off[rule];
}
#endif
