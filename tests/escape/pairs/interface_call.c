struct shape_methods {
    int (*area)(void *self, int *scale);
};

struct shape {
    const struct shape_methods *methods;
    void *value;
};

struct square {
    int side;
};

int area(struct square *s, int *scale)
{
    return s->side * s->side * *scale;
}

static int area_any(void *self, int *scale) // @-
{
    return area(self, scale);
}

static const struct shape_methods square_methods = {area_any};

int measure(struct shape s, int *k)
{
    return s.methods->area(s.value, k);
}

int use(void)
{
    struct square sq = {3};
    int k = 2;
    return measure((struct shape){&square_methods, &sq}, &k);
}

int direct(void)
{
    struct square sq = {3};
    int k = 2;
    struct square *p = &sq;
    return area(p, &k);
}
