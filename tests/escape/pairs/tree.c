#include <stdlib.h>

struct tree {
    struct tree *left;
    struct tree *right;
    int key;
};

struct tree *insert(struct tree *t, struct tree *n)
{
    if (t == NULL) {
        return n;
    }
    if (n->key < t->key) {
        t->left = insert(t->left, n);
    } else {
        t->right = insert(t->right, n);
    }
    return t;
}

int depth(struct tree *t)
{
    if (t == NULL) {
        return 0;
    }
    int l = depth(t->left);
    int r = depth(t->right);
    if (l > r) {
        return l + 1;
    }
    return r + 1;
}

struct tree *lookup(struct tree *t, int key)
{
    while (t != NULL && t->key != key) {
        if (key < t->key) {
            t = t->left;
        } else {
            t = t->right;
        }
    }
    return t;
}

struct tree *build(int n)
{
    if (n == 0) {
        return NULL;
    }
    struct tree *t = malloc(sizeof(struct tree)); // @build
    t->left = build(n - 1);
    t->right = build(n - 1);
    return t;
}

int use(void)
{
    return depth(build(4));
}

int *smallest(struct tree *t)
{
    if (t->left == NULL) {
        return &t->key;
    }
    return smallest(t->left);
}
