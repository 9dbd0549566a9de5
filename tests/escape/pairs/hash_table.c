#include <stdlib.h>

struct entry {
    struct entry *next;
    int *key;
    int *value;
};

struct table {
    struct entry *buckets[8];
};

struct entry *find(struct table *t, int *key)
{
    struct entry *e = t->buckets[*key % 8];
    while (e != NULL && *e->key != *key) {
        e = e->next;
    }
    return e;
}

int *get(struct table *t, int *key)
{
    struct entry *e = find(t, key);
    if (e == NULL) {
        return NULL;
    }
    return e->value;
}

void set(struct table *t, int *key, int *value)
{
    struct entry *e = find(t, key);
    if (e == NULL) {
        e = malloc(sizeof(struct entry)); // @entry
        e->key = key;
        e->next = t->buckets[*key % 8];
        t->buckets[*key % 8] = e;
    }
    e->value = value;
}

int use(void)
{
    struct table t = {0};
    int k = 1;
    int v = 2;
    set(&t, &k, &v);
    int l = 1;
    return *get(&t, &l);
}
