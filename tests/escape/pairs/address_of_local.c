int **sinks;
int ***sinkss;

void two(void)
{
    int x = 1;
    int *p = &x;
    sinks = &p;
}

void three(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    sinkss = &pp;
}

int stay(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    return **pp;
}

int **outer(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    return pp;
}

int *part(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    return *pp;
}
