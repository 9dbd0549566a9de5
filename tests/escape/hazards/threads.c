// What another thread or coroutine is given outlives the call that gives it.
#include "runtime/channel.h"
#include "runtime/coroutine.h"
#include <pthread.h>
#include <threads.h>

static _Thread_local int *mine;
static pthread_key_t key;

static void *work(void *argument) //! leaking param: argument to result level=0
{
    ++*(int *)argument;
    return argument;
}

static void coroutine(void *argument) //! argument does not escape
{
    ++*(int *)argument;
}

void posix_thread(pthread_t *thread)
{
    int x = 1; //! moved to heap: x
    pthread_create(thread, NULL, work, &x);
}

void coroutine_argument(void)
{
    int x = 1; //! moved to heap: x
    coroutine_spawn(coroutine, &x);
}

void called_instead(void)
{
    int x = 1; //! none
    coroutine(&x);
}

void element_of_channel(struct channel *channel) //! channel does not escape
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    channel_send(channel, &p);
}

void number_to_channel(struct channel *channel) //! channel does not escape
{
    int x = 1; //! none
    channel_send(channel, &x);
}

void thread_local_variable(void)
{
    int x = 1; //! moved to heap: x
    mine = &x;
}

void thread_specific(void)
{
    int x = 1; //! moved to heap: x
    pthread_setspecific(key, &x);
}

int read_mine(void)
{
    return *mine;
}
