struct user {
    int id;
    char name[16];
};

struct user *createUser(int id)
{
    struct user x = {.id = id};
    return &x;
}

int processUser(int id)
{
    struct user y = {.id = id};
    struct user *p = &y;
    return p->id + p->name[0];
}

int both(void)
{
    struct user *u = createUser(7);
    return u->id + processUser(8);
}
