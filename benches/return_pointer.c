// createUser returns a pointer to a struct with a string and an int: new memory that outlives it,
// or its caller's frame. processUser uses the result and lets go of it.
#include "harness/workload.h"

struct user {
    char name[24];
    int age;
};
OBJECT_TYPE(user, NO_POINTERS);

static NOINLINE struct user *create_user(struct user *slot, uint64_t id)
{
    struct user *user = OBTAIN(user, slot);
    for (unsigned i = 0; i < sizeof user->name - 1; i++) {
        user->name[i] = (char)('a' + (id >> i) % 16);
    }
    user->name[sizeof user->name - 1] = 0;
    user->age = (int)(id % 90);
    return user;
}

static NOINLINE uint64_t process_user(const struct user *user)
{
    uint64_t hash = (uint64_t)user->age;
    for (const char *letter = user->name; *letter; letter++) {
        hash = hash * 31 + (uint64_t)*letter;
    }
    return hash;
}

WORKLOAD(
    return_pointer,
    .question = "What does returning a pointer to a new struct cost against filling the caller's?",
    .operation = "create one user, process it, drop it")
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT(user, slot);
        struct user *user = create_user(slot, run->seed + op);
        checksum += process_user(user);
        DROP(user);
    }
    return checksum;
}
