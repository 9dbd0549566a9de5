int *sink;

struct inner {
    int *p;
};

struct outer {
    struct inner in;
    struct inner *link;
};

int *embedded(struct outer *o)
{
    return o->in.p;
}

int *linked(struct outer *o)
{
    return o->link->p;
}

struct inner *address(struct outer *o)
{
    return &o->in;
}

int **pointer(struct outer *o)
{
    return &o->link->p;
}

void leakEmbedded(struct outer *o)
{
    sink = o->in.p;
}

int readLinked(struct outer *o)
{
    return *o->link->p;
}
