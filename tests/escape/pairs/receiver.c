struct account {
    int *owner;
    int balance;
};

void deposit(struct account *a, int n)
{
    a->balance += n;
}

int total(struct account a)
{
    return a.balance + *a.owner;
}

struct account *self(struct account *a)
{
    return a;
}

int *holder(struct account a)
{
    return a.owner;
}

void give(struct account *a, int *p)
{
    a->owner = p;
}

int use(void)
{
    int o = 1;
    struct account a = {&o, 2};
    deposit(&a, 3);
    deposit(self(&a), 4);
    return total(a) + *holder(a);
}

int useGive(void)
{
    int o = 1;
    struct account a = {0};
    give(&a, &o);
    return total(a);
}
