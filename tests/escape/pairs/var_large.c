char read(char *p)
{
    return *p;
}

char huge(void)
{
    char a[11 << 20] = {0};
    return read(&a[5]);
}

char medium(void)
{
    char a[200 << 10] = {0};
    return read(&a[5]);
}

char small(void)
{
    char a[100 << 10] = {0};
    return read(&a[5]);
}
