struct visitor {
    void (*visit)(int *p);
    int n;
};

void each(struct visitor *v, int *p)
{
    v->visit(p);
    v->n++;
}

int walk(struct visitor *v)
{
    int x = 1;
    each(v, &x);
    return x + v->n;
}
