#include <stdbool.h>
#include <stdlib.h>

struct interface {
    const void *type;
    void *value;
};

static const char int_type[] = "int";
struct interface kept;

void store(int n)
{
    int *box = malloc(sizeof(int)); // @store
    *box = n;
    kept = (struct interface){int_type, box};
}

bool local(int n)
{
    int *box = malloc(sizeof(int)); // @local
    *box = n;
    struct interface i = {int_type, box};
    return i.type != NULL;
}

struct interface back(int n)
{
    int *box = malloc(sizeof(int)); // @back
    *box = n;
    return (struct interface){int_type, box};
}

int unbox(struct interface i)
{
    if (i.type != int_type) {
        abort();
    }
    return *(int *)i.value;
}

int pass(int n)
{
    int *box = malloc(sizeof(int)); // @pass
    *box = n;
    return unbox((struct interface){int_type, box});
}
