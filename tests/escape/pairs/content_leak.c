int *sink;
int **sinks;

void content(int **pp)
{
    sink = *pp;
}

void deep(int ***ppp)
{
    sink = **ppp;
}

void shallow(int ***ppp)
{
    sinks = *ppp;
}

void caller(void)
{
    int x = 1;
    int *p = &x;
    content(&p);
}

void callerDeep(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    deep(&pp);
}
