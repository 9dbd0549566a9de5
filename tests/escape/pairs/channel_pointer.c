#include "runtime/channel.h"
#include <stddef.h>

void send(struct channel *c, int *p)
{
    channel_send(c, &p);
}

void sendLocal(struct channel *c)
{
    int x = 1;
    int *p = &x;
    channel_send(c, &p);
}

int receive(struct channel *c)
{
    int *p = NULL;
    channel_receive(c, &p);
    return *p;
}

int *receiveBack(struct channel *c)
{
    int *p = NULL;
    channel_receive(c, &p);
    return p;
}

void done(struct channel *c)
{
    channel_close(c);
}
