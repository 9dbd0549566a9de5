// free() of what a pointer leads to at more than one depth.
#include <stdlib.h>

struct node {
    struct node *next, *other;
};

static void drop(struct node *a)
{
    free(a->other);
    free(a->next->next);
}

void two_depths(void)
{
    struct node middle = {0}, first = {0};
    first.next = &middle;
    middle.next = calloc(1, sizeof *middle.next); //! calloc(...) does not escape
    first.other = calloc(1, sizeof *first.other); //! calloc(...) does not escape
    drop(&first);
}

static struct node *either(struct node *a, int n)
{
    return n ? a : a->next->next;
}

void result_of_two_depths(int n)
{
    struct node middle = {0}, first = {0};
    first.next = &middle;
    middle.next = calloc(1, sizeof *middle.next); //! calloc(...) does not escape
    free(either(&first, 0));
}

int freed_or_fixed(int n, size_t align)
{
    char *p = malloc(64); //! malloc(...) does not escape
    if (n) {
        free(p);
        p = aligned_alloc(align, 64); //! aligned_alloc(...) does not escape
    }
    *p = 1;
    const int sum = *p;
    free(p);
    return sum;
}
