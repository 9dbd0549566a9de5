struct point {
    int x, y;
};

struct line {
    struct point *from;
    struct point *to;
};

struct line *kept;

int length(struct line *l)
{
    return l->to->x - l->from->x;
}

int local(void)
{
    struct point pa = {1, 2}, *a = &pa;
    struct point pb = {3, 4}, *b = &pb;
    struct line pl = {a, b}, *l = &pl;
    return length(l);
}

void stored(void)
{
    struct point pa = {1, 2}, *a = &pa;
    struct point pb = {3, 4}, *b = &pb;
    struct line pl = {a, b}, *l = &pl;
    kept = l;
}

struct point *from(void)
{
    struct point pa = {1, 2}, *a = &pa;
    struct point pb = {3, 4}, *b = &pb;
    struct line pl = {a, b}, *l = &pl;
    return l->from;
}
