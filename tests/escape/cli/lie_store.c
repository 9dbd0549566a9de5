static int *remembered;

void remember(int *number)
{
    remembered = number;
}

int recall(void)
{
    return *remembered;
}
