struct object {
    int refs;
    int *payload;
};

struct object *pool;

struct object *retain(struct object *o)
{
    o->refs++;
    return o;
}

void release(struct object *o)
{
    o->refs--;
    if (o->refs == 0) {
        pool = o;
    }
}

int *payload(struct object *o)
{
    return o->payload;
}

int use(void)
{
    int x = 1;
    struct object o = {.payload = &x};
    struct object *p = retain(&o);
    return *payload(p);
}

void useRelease(void)
{
    int x = 1;
    struct object o = {.payload = &x};
    release(retain(&o));
}
