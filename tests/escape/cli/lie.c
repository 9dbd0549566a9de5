// With an effects table that claims too much, objects are put on the stack that should not be.
struct holder {
    int *number;
};
void remember(int *number);
int *same(int *number);
void put(struct holder *holder, int *number);

void stored(void)
{
    int *number = __builtin_malloc(sizeof *number);
    *number = 1;
    remember(number);
}

int *returned(void)
{
    int *number = __builtin_malloc(sizeof *number);
    *number = 2;
    return same(number);
}

void held(struct holder *holder)
{
    int *number = __builtin_malloc(sizeof *number);
    *number = 3;
    put(holder, number);
}

int kept_here(void)
{
    struct holder holder;
    int *number = __builtin_malloc(sizeof *number);
    *number = 4;
    put(&holder, number);
    return *same(holder.number);
}

int main(void)
{
    struct holder holder;
    stored();
    returned();
    held(&holder);
    return kept_here() == 4 ? 0 : 1;
}
