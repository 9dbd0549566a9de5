#include <stdlib.h>

int variable(int n)
{
    int *s = malloc(n * sizeof(int)); // @variable
    s[0] = 4;
    return s[0];
}

int large(void)
{
    int *s = malloc(20000 * sizeof(int)); // @large
    s[0] = 4;
    return s[0];
}

int limit(void)
{
    int *s = malloc(16384 * sizeof(int)); // @limit
    s[0] = 4;
    return s[0];
}

int constant(void)
{
    int n = 8;
    int *s = malloc(n * sizeof(int)); // @constant
    s[0] = 4;
    return s[0];
}
