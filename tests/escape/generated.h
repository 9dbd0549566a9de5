// What the programs of generate.c have in common.
//
// TRUTH: every object is allocated and none is freed, without any help of `escape`. That build's
// output is what the rewritten ones must print.
#ifndef TESTS_ESCAPE_GENERATED_H
#define TESTS_ESCAPE_GENERATED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    long value;
    struct node *next;
    struct node *other;
};

#define MAKE(v, n)                                                                                 \
    struct node *v = malloc(sizeof *v);                                                            \
    *v = (struct node)                                                                             \
    {                                                                                              \
        .value = (n)                                                                               \
    }

#ifdef TRUTH
#define NODE(v, n) MAKE(v, n)
#define PLACE(v, p)                                                                                \
    struct node **v = malloc(sizeof *v);                                                           \
    *v = (p)
#define free(pointer) ((void)(pointer))
#else
#define NODE(v, n)                                                                                 \
    struct node v##_object = {.value = (n)};                                                       \
    struct node *v = &v##_object
#define PLACE(v, p)                                                                                \
    struct node *v##_object = (p);                                                                 \
    struct node **v = &v##_object
#endif

#if defined(__x86_64__)
#define ASM_STORE(to, pointer)                                                                     \
    __asm__ volatile("movq %1, (%0)" : : "r"(to), "r"(pointer) : "memory")
#else
#define ASM_STORE(to, pointer) __asm__ volatile("str %1, [%0]" : : "r"(to), "r"(pointer) : "memory")
#endif

// In generated_outside.c: functions whose bodies the analysis of a file does not see.
void outside_keep(struct node *node);
struct node *outside_kept(void);
void outside_keep_next(struct node *node);

// Weak in the generated files; the linker takes the body in generated_outside.c, which keeps its
// argument.
void weak_keep(struct node *node);
#ifndef WEAK_ELSEWHERE
__attribute__((weak, noinline)) void weak_keep(struct node *node)
{
    node->value += 0;
}
#endif

// Weak like it: here two functions that keep nothing, there two that do.
extern void (*const weak_table[2])(struct node *node);
#ifndef WEAK_ELSEWHERE
__attribute__((noinline)) static void keep_nothing(struct node *node)
{
    node->value += 0;
}
__attribute__((weak)) void (*const weak_table[2])(struct node *node) = {keep_nothing, keep_nothing};

// Keeps its argument, as no compiler sees.
__attribute__((used)) static struct node *naked_kept;
#if defined(__x86_64__)
__attribute__((naked, noinline, unused)) static void naked_keep(struct node *)
{
    __asm__("movq %%rdi, %0\n\tret" : : "m"(naked_kept));
}
#else
__attribute__((naked, noinline, unused)) static void naked_keep(struct node *)
{
    __asm__("adrp x1, naked_kept\n\tstr x0, [x1, :lo12:naked_kept]\n\tret");
}
#endif
#endif

// Depends on what the pointer reaches, not on addresses.
__attribute__((noinline)) static long node_sum(const struct node *node, int depth)
{
    long sum = node->value;
    if (depth > 0) {
        sum = sum * 3 + (node->next ? node_sum(node->next, depth - 1) : 1);
        sum = sum * 5 + (node->other ? node_sum(node->other, depth - 1) : 2);
    }
    return sum & 0xffffffffffff;
}

// Overwrites what dead frames have left.
__attribute__((noinline, unused)) static void scribble(void)
{
    volatile char room[4096];
    for (size_t i = 0; i < sizeof room; i++) {
        room[i] = 0x55;
    }
}

#endif
