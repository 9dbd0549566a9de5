struct holder {
    int *number;
};
static int *remembered;

void remember(int *number)
{
    remembered = number;
}

int *same(int *number)
{
    return number;
}

void put(struct holder *holder, int *number)
{
    holder->number = number;
}
