// Copying memory copies the pointers in it, however the copy is written.
#include <string.h>

int *sink;

struct holder {
    long n;
    int *p;
};

struct holder kept;

void to_global(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    memcpy(&sink, &p, sizeof p);
}

void structure(void)
{
    int x = 1; //! moved to heap: x
    struct holder h = {2, &x};
    memcpy(&kept, &h, sizeof h);
}

void two_steps(void)
{
    int x = 1; //! moved to heap: x
    struct holder h = {2, &x};
    struct holder copy;
    char raw[sizeof h];
    memmove(raw, &h, sizeof h);
    memcpy(&copy, raw, sizeof copy);
    sink = copy.p;
}

void field_only(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    struct holder h = {0};
    memcpy(&h.p, &p, sizeof p);
    sink = h.p;
}

void part_of_array(int i)
{
    int x = 1; //! moved to heap: x
    int *from[4] = {0, 0, &x, 0};
    int *to[2];
    memcpy(to, from + i, sizeof to);
    sink = to[0];
}

void through_parameter(int **out) //! out does not escape
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    memcpy(out, &p, sizeof p);
}

void inwards(int **in) //! leaking param content: in
{
    memcpy(&sink, in, sizeof *in);
}

void assigned(void)
{
    int x = 1; //! moved to heap: x
    struct holder h = {2, &x};
    kept = h;
}

struct holder filled(int *p) //! leaking param: p to result level=0
{
    struct holder h;
    memset(&h, 0, sizeof h);
    h.p = p;
    return h;
}

int stays(void)
{
    int x = 1; //! none
    struct holder h = {2, &x};
    struct holder copy;
    memcpy(&copy, &h, sizeof copy);
    return *copy.p;
}
