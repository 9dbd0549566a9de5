#include <stdio.h>

struct user {
    const char *name;
    int age;
};

struct user *create_user(const char *name)
{
    struct user x = {.name = name, .age = 30};
    return &x;
}

int process_user(const struct user *user)
{
    struct user y = *user;
    struct user *older = &y;
    older->age++;
    return older->age;
}

int main(void)
{
    struct user *anna = create_user("Anna");
    struct user *bert = create_user("Bert");
    bert->age = 41;
    printf("%s %d, %s %d\n", anna->name, process_user(anna), bert->name, process_user(bert));
    return 0;
}
