// Go's pacer (Clements, "Go 1.5 concurrent garbage collector pacing", 2015; Knyszek, "GC pacer
// redesign", 2021) finds its trigger by control from the time that marking and allocation take.
// Ours fixes how many bytes an allocated byte obliges to read, and derives the runway from that:
// simpler, the same in every run, and a little early when other processors do the marking.
#include "runtime/pacer.h"

#include "base/assert.h"

static const uint64_t MIB_BYTES = 1024 * 1024;

// Go's minimum: under it a collection costs more than the memory it saves.
static const uint64_t GROWTH_BYTES_MIN = 4 * MIB_BYTES;

// Bytes to read for each byte allocated, at least and at most. Higher, and an allocation during the
// marking waits longer; lower, and the marking begins earlier, and more of what is allocated
// meanwhile survives in vain. Between them lies what the last marking needed: where others do the
// work, little is allocated meanwhile.
enum { READ_PER_ALLOCATED_MIN = 4, READ_PER_ALLOCATED_MAX = 32 };

// Read in some ten microseconds.
enum { LITTLE_BYTES = 64 * 1024 };

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void pacer_init(struct pacer *pacer, unsigned gc_percent, size_t limit_bytes)
{
    ASSERT(gc_percent > 0);
    *pacer = (struct pacer){.gc_percent = gc_percent, .limit_bytes = limit_bytes};
    pacer_end(pacer, 0, 0, 0);
}

// A heap that lives above its limit must not collect all the time.
static uint64_t floor_bytes(uint64_t live_bytes)
{
    return most(MIB_BYTES, live_bytes / 16);
}

bool pacer_is_due(const struct pacer *pacer, size_t used_bytes)
{
    if (pacer->allocated_bytes >= pacer->trigger_bytes) {
        return true;
    }
    return pacer->limit_bytes != 0 && used_bytes > pacer->limit_bytes &&
           pacer->allocated_bytes >= floor_bytes(used_bytes);
}

void pacer_begin(struct pacer *pacer)
{
    pacer->begun_bytes = pacer->allocated_bytes;
}

// Since the marking began. Caches give back what they were counted for before.
static uint64_t meanwhile_bytes(const struct pacer *pacer)
{
    return pacer->allocated_bytes > pacer->begun_bytes ? pacer->allocated_bytes - pacer->begun_bytes
                                                       : 0;
}

uint64_t pacer_debt_bytes(struct pacer *pacer, uint64_t scanned_bytes)
{
    // There was more than expected: as much again, for the same allocation.
    while (scanned_bytes > pacer->expected_bytes) {
        pacer->expected_bytes = 2 * most(pacer->expected_bytes, LITTLE_BYTES);
    }
    const double share = (double)meanwhile_bytes(pacer) / (double)pacer->runway_bytes;
    const uint64_t due_bytes = (uint64_t)(share * (double)pacer->expected_bytes);
    return due_bytes > scanned_bytes ? due_bytes - scanned_bytes : 0;
}

void pacer_end(struct pacer *pacer, uint64_t scanned_bytes, uint64_t live_bytes,
               uint64_t black_bytes)
{
    ASSERT(black_bytes <= live_bytes);
    // What was allocated during the marking may be garbage already: it does not raise the goal.
    const uint64_t found_bytes = live_bytes - black_bytes;
    const uint64_t growth_bytes = most(found_bytes / 100 * pacer->gc_percent, GROWTH_BYTES_MIN);
    uint64_t room_bytes = growth_bytes > black_bytes ? growth_bytes - black_bytes : 0;
    room_bytes = most(room_bytes, growth_bytes / 4);
    if (pacer->limit_bytes != 0) {
        const uint64_t below_bytes =
            pacer->limit_bytes > live_bytes ? pacer->limit_bytes - live_bytes : 0;
        room_bytes = most(least(room_bytes, below_bytes), floor_bytes(live_bytes));
    }
    const uint64_t runway_bytes = 2 * meanwhile_bytes(pacer);
    pacer->allocated_bytes = 0;
    pacer->goal_bytes = live_bytes + room_bytes;
    pacer->expected_bytes = scanned_bytes;
    pacer->runway_bytes = most(runway_bytes, scanned_bytes / READ_PER_ALLOCATED_MAX);
    pacer->runway_bytes = least(pacer->runway_bytes, scanned_bytes / READ_PER_ALLOCATED_MIN);
    pacer->runway_bytes = least(pacer->runway_bytes, room_bytes / 2);
    pacer->trigger_bytes =
        pacer_expects_little(pacer) ? room_bytes : room_bytes - pacer->runway_bytes;
    pacer->runway_bytes = most(pacer->runway_bytes, LITTLE_BYTES);
}

bool pacer_expects_little(const struct pacer *pacer)
{
    return pacer->expected_bytes <= LITTLE_BYTES;
}
