int *same(int *p)
{
    return p;
}

int *once(int **pp)
{
    return *pp;
}

int *twice(int ***ppp)
{
    return **ppp;
}

int *thrice(int ****p4)
{
    return ***p4;
}

int value(int ***ppp)
{
    return ***ppp;
}

int **half(int ***ppp)
{
    return *ppp;
}
