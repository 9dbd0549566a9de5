struct slice {
    double **data;
    long len;
};

struct matrix {
    struct slice rows;
    int n;
};

double get(struct matrix *m, int i)
{
    return *m->rows.data[i];
}

double *cell(struct matrix *m, int i)
{
    return m->rows.data[i];
}

struct slice row(struct matrix *m)
{
    return m->rows;
}

void setRow(struct matrix *m, int i, double *v)
{
    m->rows.data[i] = v;
}

void scale(struct matrix *m, double f)
{
    for (int i = 0; i < m->n; i++) {
        *m->rows.data[i] *= f;
    }
}

double use(void)
{
    double x = 1.5;
    double *room[1] = {&x};
    struct matrix m = {{room, 1}, 1};
    scale(&m, 2);
    return get(&m, 0) + *cell(&m, 0);
}
