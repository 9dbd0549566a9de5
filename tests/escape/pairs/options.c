#include <stdbool.h>
#include <stddef.h>

struct config {
    bool *verbose;
    int *level;
};

struct config active;

void apply(struct config *c, bool *verbose, int *level)
{
    if (verbose != NULL) {
        *c->verbose = *verbose;
    }
    if (level != NULL) {
        c->level = level;
    }
}

void install(struct config *c)
{
    active = *c;
}

int run(void)
{
    bool v = false;
    bool w = true;
    int l = 3;
    struct config c = {.verbose = &v};
    apply(&c, &w, &l);
    return *c.level;
}

void runInstalled(void)
{
    bool v = false;
    struct config c = {.verbose = &v};
    install(&c);
}
