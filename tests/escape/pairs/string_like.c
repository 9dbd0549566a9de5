struct string {
    const char *data;
    long len;
};

struct string kept;

struct string same(struct string s)
{
    return s;
}

struct string cut(struct string s, int n)
{
    return (struct string){s.data + n, s.len - n};
}

int length(struct string s)
{
    return (int)s.len;
}

char at(struct string s, int i)
{
    return s.data[i];
}

void keep(struct string s)
{
    kept = s;
}

struct string longer(struct string s, struct string t)
{
    if (s.len > t.len) {
        return s;
    }
    return t;
}
