struct ints {
    int *data;
    long len;
};

struct pointers {
    int **data;
    long len;
};

int table(int i)
{
    int room[4] = {1, 2, 3, 4};
    struct ints s = {room, 4};
    return s.data[i];
}

struct ints back(void)
{
    int room[4] = {1, 2, 3, 4};
    return (struct ints){room, 4};
}

int pointers(int i)
{
    int x = 1;
    int y = 2;
    int *room[2] = {&x, &y};
    struct pointers s = {room, 2};
    return *s.data[i];
}

struct pointers pointersBack(void)
{
    int x = 1;
    int y = 2;
    int *room[2] = {&x, &y};
    return (struct pointers){room, 2};
}

int *pointerOf(int i)
{
    int x = 1;
    int y = 2;
    int *room[2] = {&x, &y};
    struct pointers s = {room, 2};
    return s.data[i];
}
