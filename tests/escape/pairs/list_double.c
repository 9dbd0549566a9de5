#include <stddef.h>

struct item {
    struct item *prev;
    struct item *next;
    int *data;
};

void insert(struct item *at, struct item *it)
{
    it->next = at->next;
    it->prev = at;
    at->next->prev = it;
    at->next = it;
}

int *removeItem(struct item *it)
{
    it->prev->next = it->next;
    it->next->prev = it->prev;
    return it->data;
}

int ring(void)
{
    int x = 1;
    struct item root = {0};
    root.next = &root;
    root.prev = &root;
    struct item one = {.data = &x};
    insert(&root, &one);
    return *removeItem(&one);
}

struct item *find(struct item *root, int *p)
{
    for (struct item *it = root->next; it != root; it = it->next) {
        if (it->data == p) {
            return it;
        }
    }
    return NULL;
}
