// What a live heap adds to allocation: short-lived objects beside records that live all the time
// and that a collector has to mark. allocation_rate asks what it costs on average, gc_pause what a
// single request meets (`escapement run --latency`).
//
// The live records are the program's, not the operation's: only heaps have them, whatever the
// objects of the operation are; the build for the check of placements, which runs beside the timed
// one, does without.
#include "harness/workload.h"

enum { RECORD_BYTES = 64 };

struct record {
    struct record *left;
    struct record *right;
    uint64_t rest[6];
};
_Static_assert(sizeof(struct record) == RECORD_BYTES, "a record is a line");
OBJECT_TYPE(record, POINTER_AT(record, left) | POINTER_AT(record, right));

static NOINLINE struct record *records_make(uint64_t record_count)
{
    if (record_count == 0) {
        return NULL;
    }
    SLOT(record, slot);
    struct record *record = OBTAIN(record, slot);
    record->rest[0] = record_count;
    STORE(&record->left, records_make((record_count - 1) / 2));
    STORE(&record->right, records_make(record_count - 1 - (record_count - 1) / 2));
    return record;
}

static NOINLINE void records_drop(struct record *record)
{
    if (record) {
        records_drop(record->left);
        records_drop(record->right);
        DROP(record);
    }
}

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    const bool has_records = !IN_FRAME && WORKLOAD_COPY != WORKLOAD_NOTED;
    struct record *const records = has_records ? records_make(parameter / RECORD_BYTES) : NULL;
    next(OPAQUE(records), context);
    if (EXPLICIT_FREE) {
        records_drop(records);
    }
}

#define ALLOCATION_RATE(size_bytes)                                                                \
    struct object_##size_bytes {                                                                   \
        uint64_t words[size_bytes / sizeof(uint64_t)];                                             \
    };                                                                                             \
    OBJECT_TYPE(object_##size_bytes, NO_POINTERS);                                                 \
    static NOINLINE uint64_t allocate_##size_bytes(const struct workload_run *run)                 \
    {                                                                                              \
        uint64_t checksum = 0;                                                                     \
        for (uint64_t op = 0; op < run->op_count; op++) {                                          \
            LOCAL(object_##size_bytes, object);                                                    \
            object->words[0] = run->seed + op;                                                     \
            object->words[size_bytes / sizeof(uint64_t) - 1] = op;                                 \
            const uint64_t *const words = OPAQUE(object)->words;                                   \
            checksum += words[0] ^ words[size_bytes / sizeof(uint64_t) - 1];                       \
            DROP(object);                                                                          \
        }                                                                                          \
        return checksum;                                                                           \
    }

ALLOCATION_RATE(16)
ALLOCATION_RATE(64)
ALLOCATION_RATE(256)

enum { MIB = 1 << 20 };
#define LIVE                                                                                       \
    .unit = "B", .prepare = prepare, .smoke_parameter_max = MIB,                                   \
    .parameters = {                                                                                \
        64 << 10,                                                                                  \
        MIB,                                                                                       \
        16 * MIB,                                                                                  \
        64 * MIB,                                                                                  \
    }

WORKLOAD(allocation_rate, .question = "Does allocating cost more the more lives beside it?",
         .operation =
             "make 64 bytes, write and read their ends, drop them, beside a live heap of this size",
         .default_parameter = 16 * MIB, LIVE)
{
    return allocate_64(run);
}

WORKLOAD(allocation_rate_16, .question = "Does allocating cost more the more lives beside it?",
         .operation =
             "make 16 bytes, write and read their ends, drop them, beside a live heap of this size",
         .default_pairs = WORKLOAD_DEFAULT_NONE, LIVE)
{
    return allocate_16(run);
}

WORKLOAD(
    allocation_rate_256, .question = "Does allocating cost more the more lives beside it?",
    .operation =
        "make 256 bytes, write and read their ends, drop them, beside a live heap of this size",
    .default_pairs = WORKLOAD_DEFAULT_NONE, LIVE)
{
    return allocate_256(run);
}

// A request makes a list of what it found, adds it up, and is done with it.
enum { FINDING_COUNT = 16 };

struct finding {
    struct finding *next;
    uint64_t words[7];
};
OBJECT_TYPE(finding, POINTER_AT(finding, next));

static NOINLINE struct finding *find_all(struct finding *slots, uint64_t seed)
{
    struct finding *first = NULL;
    for (uint64_t i = 0; i < FINDING_COUNT; i++) {
        struct finding *const finding = OBTAIN_AT(finding, slots, i);
        for (uint64_t word = 0; word < 7; word++) {
            finding->words[word] = (seed + i) * (word + 1);
        }
        STORE(&finding->next, first);
        first = finding;
    }
    return first;
}

static NOINLINE uint64_t add_up(struct finding *finding)
{
    uint64_t sum = 0;
    while (finding) {
        struct finding *const next = finding->next;
        sum = sum * 3 + finding->words[0] + finding->words[6];
        DROP(finding);
        finding = next;
    }
    return sum;
}

WORKLOAD(gc_pause, .question = "How long can a request take when what it needs is on the heap?",
         .operation = "make a list of 16 times 64 bytes, add it up, drop it, beside a live heap",
         .unit = "B", .prepare = prepare, .default_parameter = 16 * MIB,
         .parameters = {MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB}, .smoke_parameter_max = MIB)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_ARRAY(finding, slots, FINDING_COUNT);
        checksum += add_up(find_all(slots, run->seed + op));
    }
    return checksum;
}
