void map_set(int key, int *value);

void remember(int key, int *p)
{
    map_set(key, p);
}

void rememberLocal(int key)
{
    int x = 1;
    map_set(key, &x);
}

void rememberContent(int key, int **pp)
{
    map_set(key, *pp);
}
