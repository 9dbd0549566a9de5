// The address of a field is the address of the struct; an index may leave the field it began in.
#include <stddef.h>

int *sink;

struct link {
    struct link *next;
};

struct item {
    int *data;
    struct link link;
    int *more;
};

void container(void)
{
    int x = 1; //! moved to heap: x
    struct item item = {&x, {NULL}, NULL};
    struct link *link = &item.link;
    struct item *back = (struct item *)((char *)link - offsetof(struct item, link));
    sink = back->data;
}

void container_write(void)
{
    int x = 1; //! moved to heap: x
    struct item item = {NULL, {NULL}, NULL};
    struct link *link = &item.link;
    ((struct item *)((char *)link - offsetof(struct item, link)))->more = &x;
    sink = item.more;
}

int *address_of_field(void)
{
    struct {
        int a, b;
    } pair = {1, 2}; //! moved to heap: pair
    int *p = &pair.b;
    return p;
}

void negative_index(void)
{
    int x = 1; //! moved to heap: x
    int *a[2] = {NULL, NULL};
    int **q = &a[1];
    q[-1] = &x;
    sink = a[0];
}

void any_index(int i)
{
    int x = 1; //! moved to heap: x
    int *a[4] = {NULL};
    a[i] = &x;
    sink = a[2];
}

void bytes_into(int i)
{
    int x = 1; //! moved to heap: x
    struct item item = {NULL, {NULL}, NULL};
    *(int **)((char *)&item + i) = &x;
    sink = item.more;
}

void other_struct(void)
{
    struct alias {
        long a, b;
        int *c;
    };
    int x = 1; //! moved to heap: x
    struct item item = {NULL, {NULL}, &x};
    sink = ((struct alias *)&item)->c;
}

struct message {
    int length;
    int *parts[];
};

void flexible(int i)
{
    int x = 1; //! moved to heap: x
    _Alignas(8) char room[64];
    struct message *m = (struct message *)room;
    m->parts[2] = &x;
    sink = m->parts[i];
}

void nested_array(int i)
{
    int x = 1; //! moved to heap: x
    struct {
        struct item items[3];
    } all = {0};
    all.items[i].more = &x;
    sink = all.items[1].more;
}
