#include <stdbool.h>
#include <stdlib.h>

struct slice {
    int **data;
    long len;
};

struct queue {
    struct slice slots;
    int head;
    int tail;
};

bool put(struct queue *q, int *p)
{
    if (q->tail - q->head == q->slots.len) {
        return false;
    }
    q->slots.data[q->tail % q->slots.len] = p;
    q->tail++;
    return true;
}

int *get(struct queue *q)
{
    int *p = q->slots.data[q->head % q->slots.len];
    q->head++;
    return p;
}

int use(void)
{
    int *room[4] = {0};
    struct queue q = {.slots = {room, 4}};
    int x = 1;
    put(&q, &x);
    return *get(&q);
}

struct queue *create(void)
{
    struct slice s = {calloc(4, sizeof(int *)), 4};    // @slots
    struct queue *q = calloc(1, sizeof(struct queue)); // @queue
    q->slots = s;
    return q;
}
