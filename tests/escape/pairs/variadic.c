struct numbers {
    int *data;
    long len;
};

struct pointers {
    int **data;
    long len;
};

int sum(struct numbers xs)
{
    int t = 0;
    for (int i = 0; i < xs.len; i++) {
        t += xs.data[i];
    }
    return t;
}

int *first(struct pointers ps)
{
    return ps.data[0];
}

int use(void)
{
    int x = 1;
    int y = 2;
    int three[3] = {1, 2, 3};
    int *two[2] = {&x, &y};
    return sum((struct numbers){three, 3}) + *first((struct pointers){two, 2});
}
