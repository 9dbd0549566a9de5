// peer_together() of the peers that have plain threads. Who includes it names the functions:
// PEER_THREAD_CREATE and PEER_THREAD_JOIN, with the interface of pthread_create() and _join().
#ifndef PEERS_PEER_THREADS_H
#define PEERS_PEER_THREADS_H

#include <pthread.h>
#include <stdlib.h>

struct peer_task {
    void (*fn)(unsigned);
    unsigned index;
};

static inline void *peer_task_run(void *arg)
{
    const struct peer_task *const task = arg;
    task->fn(task->index);
    return NULL;
}

static inline void peer_together(void (*fn)(unsigned), unsigned count)
{
    struct peer_task tasks[8];
    pthread_t threads[8];
    for (unsigned i = 0; i < count; i++) {
        tasks[i] = (struct peer_task){fn, i};
        if (PEER_THREAD_CREATE(&threads[i], NULL, peer_task_run, &tasks[i]) != 0) {
            exit(1);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        PEER_THREAD_JOIN(threads[i], NULL);
    }
}

#endif
