struct stack {
    int *items[16];
    int top;
};

void push(struct stack *s, int *p)
{
    s->items[s->top] = p;
    s->top++;
}

int *pop(struct stack *s)
{
    s->top--;
    return s->items[s->top];
}

int use(void)
{
    struct stack s = {0};
    int x = 1;
    push(&s, &x);
    return *pop(&s);
}

int useDirect(void)
{
    struct stack s = {0};
    int x = 1;
    s.items[0] = &x;
    return *s.items[0];
}
