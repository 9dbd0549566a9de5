// With an effects table that claims too much, an object is put on the stack that should not be.
void remember(int *number);
int recall(void);

int main(void)
{
    int *number = __builtin_malloc(sizeof *number);
    *number = 7;
    remember(number);
    return recall() == 7 ? 0 : 1;
}
