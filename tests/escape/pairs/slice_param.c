struct slice {
    int **data;
    long len;
};

struct slice sink;

int *at(struct slice s, int i)
{
    return s.data[i];
}

struct slice tail(struct slice s)
{
    return (struct slice){s.data + 1, s.len - 1};
}

int total(struct slice s)
{
    int sum = 0;
    for (int i = 0; i < s.len; i++) {
        sum += *s.data[i];
    }
    return sum;
}

void keepAll(struct slice s)
{
    sink = s;
}

void set(struct slice s, int i, int *p)
{
    s.data[i] = p;
}

int size(struct slice s)
{
    return (int)s.len;
}
