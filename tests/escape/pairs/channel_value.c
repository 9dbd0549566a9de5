#include "runtime/channel.h"

struct message {
    int n;
    int *body;
};

void sendNumber(struct channel *c, int n)
{
    channel_send(c, &n);
}

void sendPlain(struct channel *c, int n)
{
    struct message m = {.n = n};
    channel_send(c, &m);
}

void sendPointing(struct channel *c)
{
    int x = 1;
    struct message m = {.body = &x};
    channel_send(c, &m);
}

int receiveMessage(struct channel *c)
{
    struct message m = {0};
    channel_receive(c, &m);
    return m.n;
}
