// Channels between coroutines, with Go's semantics.
//
// A channel is a heap object: it lives as long as something points to it, and so do the pointers in
// its buffer.
#ifndef RUNTIME_CHANNEL_H
#define RUNTIME_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

struct channel;

// A channel of elements of element_bytes (0 is allowed: a signal without data) that buffers up to
// capacity of them; capacity 0 makes every send wait for its receiver.
struct channel *channel_new(size_t element_bytes, size_t capacity);

// Copies *element into the channel; waits while the buffer is full. Fatal error: `send on closed
// channel`, also when the channel is closed while the sender waits.
void channel_send(struct channel *channel, const void *element);

// Copies the next element to *element; waits while there is none. Returns false, with *element
// zeroed, when the channel is closed and drained. element may be NULL: the value is thrown away.
bool channel_receive(struct channel *channel, void *element);

// Nothing can be sent any more; waiting receivers wake up. Fatal error: `close of closed channel`.
void channel_close(struct channel *channel);

// One case of a select.
enum channel_operation { CHANNEL_SEND, CHANNEL_RECEIVE };
struct channel_case {
    struct channel *channel; // NULL: this case is never ready
    enum channel_operation operation;
    void *element; // read by a send; written by a receive, or NULL
    bool received; // set by a receive that was carried out: false, closed and drained (*element 0)
};

// Carries out one of `count` cases and returns its index. Waits until one is ready; with
// wait_for_one false it returns -1 instead when none is. Among several that are ready each is as
// likely as the others. A channel may occur in several cases. Sending on a
// channel that is or becomes closed is a fatal error, as with channel_send(). The cases, which may
// lie on the caller's stack, are only written in `received`. Without cases it waits for ever.
//
//     struct channel_case cases[] = {{results, CHANNEL_RECEIVE, &result}, {quit, CHANNEL_RECEIVE}};
//     switch (channel_select(cases, 2, true)) { ...
int channel_select(struct channel_case *cases, size_t count, bool wait_for_one);

#endif
