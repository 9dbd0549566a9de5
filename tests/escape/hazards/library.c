// What functions of libc do with their arguments.
#define _GNU_SOURCE
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *sink;
int *sinks;

char *result_points_in(void)
{
    char text[8] = "abc"; //! moved to heap: text
    return strchr(text, 'b');
}

char *result_is_argument(void)
{
    char text[8]; //! moved to heap: text
    char *p = strcpy(text, "abc");
    return p;
}

void end_pointer(void)
{
    char text[8] = "12x"; //! moved to heap: text
    char *end = NULL;
    strtol(text, &end, 10);
    sink = end;
}

void separated(void)
{
    char text[8] = "a,b"; //! moved to heap: text
    char *at = text;
    sink = strsep(&at, ",");
}

void separated_rest(void)
{
    char text[8] = "a,b"; //! moved to heap: text
    char *at = text;
    strsep(&at, ",");
    sink = at;
}

void kept_inside(void)
{
    char text[8] = "a,b"; //! moved to heap: text
    strtok(text, ",");
}

void environment(void)
{
    char text[8] = "A=b"; //! moved to heap: text
    putenv(text);
}

void buffer_of_stream(FILE *stream)
{
    char buffer[64]; //! moved to heap: buffer
    setvbuf(stream, buffer, _IOFBF, sizeof buffer);
}

void resized(void)
{
    int x = 1; //! moved to heap: x
    int **p = malloc(2 * sizeof(int *));
    p[0] = &x;
    int **q = realloc(p, 4 * sizeof(int *));
    sinks = q[0];
}

void resized_for_another(int **p) //! leaking param content: p
{
    int **q = realloc(p, 4 * sizeof(int *));
    sinks = q[0];
}

static int compare(const void *a, const void *b) //! a does not escape; b does not escape
{
    return *(const int *)a - *(const int *)b;
}

static int compare_and_keep(const void *a, const void *b) //! leaking param: a; b does not escape
{
    sinks = (int *)a;
    return *(const int *)a - *(const int *)b;
}

void sorted_and_kept(void)
{
    int a[3] = {3, 2, 1}; //! moved to heap: a
    qsort(a, 3, sizeof(int), compare_and_keep);
}

int *searched(int *a, int n)
{
    int key = 2;
    return bsearch(&key, a, n, sizeof(int), compare);
}

int *searched_local(void)
{
    int a[3] = {1, 2, 3}; //! moved to heap: a
    int key = 2;
    return bsearch(&key, a, 3, sizeof(int), compare);
}

int length(void)
{
    char text[8] = "abc"; //! none
    return (int)strlen(text);
}

int printed(void)
{
    char text[8] = "abc"; //! none
    char out[16];         //! none
    snprintf(out, sizeof out, "%s", text);
    return out[0];
}

int number(void)
{
    char text[8] = "12"; //! none
    return (int)strtol(text, NULL, 10);
}
