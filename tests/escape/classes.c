// One function for each class of parameters that LLVM calls captured and our analysis does not. The
// name says which; tests/escape_oracle.sh asks the oracle.
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

static int number;

// Which of two pointers is equal or lower, or whether one is NULL, says nothing from which it could
// be made.
int class_compared(const int *p, const int *q)
{
    return p == q || p == NULL;
}

// Nor does the distance between two.
long class_difference(const char *p, const char *q)
{
    return p - q;
}

// A few bits of it are looked at.
int class_integer(const int *p)
{
    return ((uintptr_t)p & 3) == 0;
}

// What is accessed is volatile, not the pointer.
int class_volatile(volatile int *p)
{
    return *p;
}

// The variable that it is stored in has an address, but that goes nowhere.
static int read_twice(int *const *pp)
{
    return **pp;
}

int class_local(int *p)
{
    int *copy[2] = {p, p};
    return read_twice(&copy[1]);
}

// The callee returns it, and here that is all.
static int *same(int *p)
{
    return p;
}

int class_result(int *p)
{
    return *same(p);
}

// LLVM knows nothing of pthread_mutex_trylock(); the table does.
int class_library(pthread_mutex_t *mutex)
{
    return pthread_mutex_trylock(mutex);
}

// LLVM looks through one recursive call, not through several.
int class_recursion(const int *p, int depth)
{
    if (depth == 0) {
        return *p;
    }
    return class_recursion(p, depth - 1) + class_recursion(p, depth - 2 > 0 ? depth - 2 : 0);
}

// LLVM explores a hundred uses.
#define TEN(x) (x) + (x) + (x) + (x) + (x) + (x) + (x) + (x) + (x) + (x)
int class_uses(const int *p)
{
    return TEN(TEN(p[1] * p[2]));
}

// Of functions that call each other LLVM looks at each once, and here has to know the other first.
static int other(const int *q, int depth);

int class_passes(const int *p, int depth)
{
    return depth ? other(p, depth - 1) : *p;
}

static int other(const int *q, int depth)
{
    return depth ? class_passes(&number, depth - 1) : *q;
}

// Stored where another parameter points; the caller's object goes nowhere.
struct holder {
    int *held;
};

static void hold(struct holder *holder, int *q)
{
    holder->held = q;
}

int class_behind(int *p)
{
    struct holder holder;
    hold(&holder, p);
    return *holder.held;
}
