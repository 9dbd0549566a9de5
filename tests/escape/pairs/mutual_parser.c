struct bytes {
    char *data;
    long len;
};

struct parser {
    struct bytes text;
    int at;
    int *last;
};

int term(struct parser *p, int *value);
int factor(struct parser *p, int *value);

int expression(struct parser *p, int *value)
{
    int v = term(p, value);
    while (p->at < p->text.len && p->text.data[p->at] == '+') {
        p->at++;
        v += term(p, value);
    }
    return v;
}

int term(struct parser *p, int *value)
{
    int v = factor(p, value);
    while (p->at < p->text.len && p->text.data[p->at] == '*') {
        p->at++;
        v *= factor(p, value);
    }
    return v;
}

int factor(struct parser *p, int *value)
{
    if (p->text.data[p->at] == '(') {
        p->at++;
        int v = expression(p, value);
        p->at++;
        return v;
    }
    p->at++;
    p->last = value;
    return *value;
}

int use(void)
{
    char text[3] = {'x', '+', 'x'};
    int x = 2;
    struct parser p = {.text = {text, 3}};
    return expression(&p, &x);
}
