struct slice {
    int *data;
    long len;
};

struct slice kept;

int sum(struct slice s)
{
    int t = 0;
    for (int i = 0; i < s.len; i++) {
        t += s.data[i];
    }
    return t;
}

int local(void)
{
    int a[4] = {1, 2, 3, 4};
    return sum((struct slice){a, 4});
}

void leak(void)
{
    int a[4] = {1, 2, 3, 4};
    kept = (struct slice){a, 4};
}

struct slice back(void)
{
    int a[4] = {1, 2, 3, 4};
    return (struct slice){a + 1, 2};
}
