int apply(int (*f)(int *), int *p)
{
    return f(p);
}

int number(int (*f)(int), int n)
{
    return f(n);
}

int *produce(int *(*f)(void))
{
    return f();
}

int use(int (*f)(int *))
{
    int x = 1;
    return apply(f, &x);
}
