// The kernel changes the page whenever the counter is moved or the thread is switched, and bumps
// `lock` before and after. Only this thread's own counter is read, so the change happens while this
// thread does not run: a compiler barrier is enough, and a changed `lock` means to start again.
#include "harness/counter_page.h"

#include "base/assert.h"

#define BARRIER() __asm__ volatile("" : : : "memory")

// A register of `width` valid bits counts up from a negative number, so that its overflow is seen;
// what lies above those bits is undefined.
static uint64_t sign_extended(uint64_t raw, unsigned width_bits)
{
    ASSERT(width_bits >= 1);
    ASSERT(width_bits <= 64);
    const unsigned unused_bits = 64 - width_bits;
    return (uint64_t)((int64_t)(raw << unused_bits) >> unused_bits);
}

static uint64_t since_update_ns(const volatile struct perf_event_mmap_page *page, uint64_t ticks)
{
    if (page->cap_user_time_short) {
        ticks = page->time_cycles + ((ticks - page->time_cycles) & page->time_mask);
    }
    // In two parts, because ticks * time_mult would overflow.
    const uint64_t quotient = ticks >> page->time_shift;
    const uint64_t remainder = ticks & (((uint64_t)1 << page->time_shift) - 1);
    return page->time_offset + quotient * page->time_mult +
           ((remainder * page->time_mult) >> page->time_shift);
}

bool counter_page_read(const volatile struct perf_event_mmap_page *page,
                       const struct counter_registers *registers, struct counter_value *value)
{
    struct counter_value read;
    uint32_t sequence;
    do {
        sequence = page->lock;
        BARRIER();
        if (!page->cap_user_rdpmc || !page->cap_user_time) {
            return false;
        }
        const uint64_t passed_ns = since_update_ns(page, registers->ticks());
        read = (struct counter_value){.count = (uint64_t)page->offset,
                                      .enabled_ns = page->time_enabled + passed_ns,
                                      .running_ns = page->time_running};
        const uint32_t index = page->index; // 0: it has no counter at this moment
        if (index != 0) {
            read.running_ns += passed_ns;
            read.count += sign_extended(registers->counter(index - 1), page->pmc_width);
        }
        BARRIER();
    } while (page->lock != sequence);
    *value = read;
    return true;
}

#if defined(__x86_64__)

static uint64_t read_counter(uint32_t index)
{
    uint32_t low, high;
    __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}

static uint64_t read_ticks(void)
{
    return __builtin_ia32_rdtsc();
}

const struct counter_registers *counter_registers(void)
{
    static const struct counter_registers own = {.counter = read_counter, .ticks = read_ticks};
    return &own;
}

#else

const struct counter_registers *counter_registers(void)
{
    return NULL;
}

#endif
