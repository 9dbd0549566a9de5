struct pointers {
    int **data;
    long len;
};

struct ints {
    int *data;
    long len;
};

void exchange(struct pointers a, int i, int j)
{
    int *t = a.data[i];
    a.data[i] = a.data[j];
    a.data[j] = t;
}

void sort(struct pointers a, int low, int high)
{
    if (low >= high) {
        return;
    }
    int *pivot = a.data[high];
    int at = low;
    for (int i = low; i < high; i++) {
        if (*a.data[i] < *pivot) {
            exchange(a, i, at);
            at++;
        }
    }
    exchange(a, at, high);
    sort(a, low, at - 1);
    sort(a, at + 1, high);
}

void numbers(struct ints a)
{
    for (int i = 1; i < a.len; i++) {
        for (int j = i; j > 0 && a.data[j] < a.data[j - 1]; j--) {
            int t = a.data[j];
            a.data[j] = a.data[j - 1];
            a.data[j - 1] = t;
        }
    }
}

int *median(struct pointers a)
{
    sort(a, 0, (int)a.len - 1);
    return a.data[a.len / 2];
}

int use(void)
{
    int x = 3;
    int y = 2;
    int *room[2] = {&x, &y};
    return *median((struct pointers){room, 2});
}

int useNumbers(void)
{
    int room[3] = {3, 2, 1};
    numbers((struct ints){room, 3});
    return room[0];
}
