#include <stdlib.h>

char large(void)
{
    char *p = malloc(65537); // @large
    p[1] = 2;
    return p[1];
}

char limit(void)
{
    char *p = malloc(65536); // @limit
    p[1] = 2;
    return p[1];
}
