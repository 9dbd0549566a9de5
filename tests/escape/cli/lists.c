// Nodes in frames, linked by functions that are given the list: what is behind their parameters
// stays where the caller has it.
#include <stdio.h>

struct node {
    struct node *next;
    int value;
};

struct list {
    struct node *head;
};

static struct list kept;

__attribute__((noinline)) static void push(struct list *list, struct node *node)
{
    node->next = list->head;
    list->head = node;
}

// The lists change places at each call.
__attribute__((noinline)) static void push_in_turn(struct list *a, struct list *b,
                                                   struct node *node, int depth)
{
    if (depth > 0) {
        push_in_turn(b, a, node, depth - 1);
    } else {
        push(a, node);
    }
}

__attribute__((noinline)) static int sum(const struct list *list)
{
    int sum = 0;
    for (const struct node *node = list->head; node; node = node->next) {
        sum += node->value;
    }
    return sum;
}

// All three nodes can stay here.
__attribute__((noinline)) static int in_frame(int depth)
{
    struct list one = {0}, two = {0};
    struct node a = {.value = depth}, b = {.value = depth + 1}, c = {.value = 7};
    push(&one, &a);
    push(&one, &b);
    push_in_turn(&one, &two, &c, depth);
    return sum(&one) * 100 + sum(&two);
}

__attribute__((noinline)) static void in_global(void)
{
    struct node node = {.value = 5};
    struct list list = {0};
    push(&list, &node);
    kept = list;
}

__attribute__((noinline)) static int in_loop(void)
{
    struct list list = {0};
    for (int i = 0; i < 5; i++) {
        struct node node = {.value = i};
        push(&list, &node);
    }
    return sum(&list);
}

int main(void)
{
    in_global();
    printf("%d %d %d %d\n", in_frame(3), in_frame(4), sum(&kept), in_loop());
    return 0;
}
