#include <stddef.h>

struct tree {
    struct tree *left;
    struct tree *right;
    int key;
};

int sum(struct tree *t)
{
    struct tree *stack[32] = {0};
    int top = 0;
    int total = 0;
    stack[top] = t;
    top++;
    while (top > 0) {
        top--;
        struct tree *n = stack[top];
        if (n == NULL) {
            continue;
        }
        total += n->key;
        stack[top] = n->left;
        top++;
        stack[top] = n->right;
        top++;
    }
    return total;
}

struct tree **slot(struct tree **t, int key)
{
    while (*t != NULL) {
        if (key < (*t)->key) {
            t = &(*t)->left;
        } else {
            t = &(*t)->right;
        }
    }
    return t;
}

void add(struct tree **root, struct tree *n)
{
    struct tree **p = slot(root, n->key);
    *p = n;
}
