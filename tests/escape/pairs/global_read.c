int shared;
int *pointer;
int *pointers[4];

int *address(void)
{
    return &shared;
}

int *load(void)
{
    return pointer;
}

int *fromArray(int i)
{
    return pointers[i];
}

void toArray(int i, int *p)
{
    pointers[i] = p;
}

void point(void)
{
    pointer = &shared;
}

int localHolder(void)
{
    int *p = &shared;
    int **q = &p;
    return **q;
}
