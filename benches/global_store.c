// A new object stored in a global, where whoever reads the global next finds it: new memory that
// outlives its maker, or a copy into the global itself.
#include "harness/workload.h"

struct session {
    uint64_t user;
    uint64_t expires;
    uint64_t rights[6];
};
OBJECT_TYPE(session, NO_POINTERS);

// One of the two is used: which one is what the placements differ in.
static struct session *current;
static struct session current_copy;

static NOINLINE void session_begin(uint64_t user)
{
    SLOT(session, slot);
    struct session *const session = OBTAIN(session, slot);
    session->user = user;
    session->expires = user + 3600;
    for (unsigned i = 0; i < 6; i++) {
        session->rights[i] = user >> i;
    }
    if (IN_FRAME) {
        current_copy = *session;
    } else {
        STORE(&current, session);
    }
}

static NOINLINE uint64_t session_read(void)
{
    const struct session *const session = IN_FRAME ? &current_copy : current;
    return session->user ^ session->expires ^ session->rights[session->user % 6];
}

WORKLOAD(global_store,
         .question = "What does an object stored in a global cost against a copy of it there?",
         .operation = "make an object, publish it in a global, read it there, drop it")
{
    uint64_t checksum = 0;
    ROOT(current);
    for (uint64_t op = 0; op < run->op_count; op++) {
        session_begin(run->seed + op);
        checksum += session_read();
        DROP(current);
    }
    return checksum;
}
