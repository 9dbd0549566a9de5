#include "runtime/coroutine.h"
#include <stddef.h>

struct job {
    int n;
    int *out;
    struct job *next;
};

void work(struct job *j)
{
    *j->out = j->n;
}

void work_any(void *arg);

void start(void)
{
    int x = 0;
    struct job j = {1, &x, NULL};
    coroutine_spawn(work_any, &j);
}

void startParam(struct job *j)
{
    coroutine_spawn(work_any, j);
}

int call(void)
{
    int x = 0;
    struct job j = {1, &x, NULL};
    work(&j);
    return x;
}
