// Each way of rewriting, with a result that shows whether it was right.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    long value;
};

union word {
    double number;
    void *pointer;
};

struct mixed {
    union word word;
    char text[12];
};

static struct node *kept;
static long *numbers[4];

// An allocation that dies here, with its free().
static long sum_here(long a, long b)
{
    struct node *node = malloc(sizeof *node);
    node->value = a;
    node->next = NULL;
    long sum = node->value + b;
    free(node);
    return sum;
}

// Zeroed memory, made again in every turn.
static long zeroed(int turns)
{
    long sum = 0;
    for (int i = 0; i < turns; i++) {
        long *cells = calloc(4, sizeof *cells);
        cells[i % 4] += i;
        sum += cells[0] + cells[1] + cells[2] + cells[3];
        free(cells);
    }
    return sum;
}

// One call frees either of two.
static long merged(int first)
{
    long *a = malloc(sizeof *a);
    long *b = malloc(sizeof *b);
    *a = 1;
    *b = 2;
    long *one = first ? a : b;
    long *other = first ? b : a;
    long value = *one * 10 + *other;
    free(one);
    free(other);
    return value;
}

// A variable that outlives its function, and one of each turn of a loop.
static void keep(long value)
{
    struct node node = {.next = kept, .value = value};
    kept = &node;
}

static long keep_each(void)
{
    for (long i = 0; i < 4; i++) {
        long number = i * i;
        numbers[i] = &number;
    }
    return *numbers[0] + *numbers[1] * 10 + *numbers[2] * 100 + *numbers[3] * 1000;
}

// A parameter, a union, and an assignment of a struct with pointers.
static long *address_of(long parameter)
{
    return &parameter;
}

static struct mixed *make_mixed(double number)
{
    struct mixed mixed = {.word.number = number};
    strcpy(mixed.text, "mixed");
    return &mixed;
}

static struct node *copy_of(const struct node *node)
{
    struct node copy = *node;
    copy.value += 100;
    return &copy;
}

static void wipe(void)
{
    volatile char below[512];
    memset((char *)below, 0x5a, sizeof below);
}

int main(void)
{
    printf("%ld %ld %ld %ld\n", sum_here(3, 4), zeroed(7), merged(0), merged(1));
    keep(1);
    keep(2);
    wipe();
    printf("%ld %ld %d\n", kept->value, kept->next->value, kept->next->next == NULL);
    long each = keep_each();
    long *parameter = address_of(77);
    struct mixed *mixed = make_mixed(2.5);
    struct node *copy = copy_of(kept);
    wipe();
    printf("%ld %ld %.1f %s %ld %ld\n", each, *parameter, mixed->word.number, mixed->text,
           copy->value, copy->next->value);
    return 0;
}
