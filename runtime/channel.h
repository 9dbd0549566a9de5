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

#endif
