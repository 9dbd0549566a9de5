int *sink;
int **sinks;

int *number(int n)
{
    int *r = &n;
    return r;
}

int **pointer(int *p)
{
    int **r = &p;
    return r;
}

int keep(int n)
{
    int *p = &n;
    return *p;
}

int keepPointer(int *p)
{
    int **pp = &p;
    return **pp;
}

void leakNumber(int n)
{
    sink = &n;
}

void leakPointer(int *p)
{
    sinks = &p;
}
