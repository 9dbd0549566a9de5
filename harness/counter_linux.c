// perf_event_open(2), for the calling thread wherever it runs.
//
// Hardware events count user space only: that is what needs no rights at the usual level of
// perf_event_paranoid, and what the simulation counts, too. Software events happen in the kernel,
// and an event that excludes the kernel never sees a context switch; where the kernel refuses to
// count itself, getrusage() and the thread's CPU clock tell the same, but for migrations.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // syscall, RUSAGE_THREAD
#endif
#include "harness/counter_source.h"

#include "base/assert.h"
#include "harness/counter_page.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CACHE_LOAD_MISSES(cache)                                                                   \
    (PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_READ << 8 |                              \
     PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
    uint32_t type;
    uint64_t config;
} kinds[COUNTER_EVENT_COUNT] = {
    [COUNTER_CYCLES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    [COUNTER_INSTRUCTIONS] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    [COUNTER_L1D_MISSES] = {PERF_TYPE_HW_CACHE, CACHE_LOAD_MISSES(L1D)},
    [COUNTER_LL_MISSES] = {PERF_TYPE_HW_CACHE, CACHE_LOAD_MISSES(LL)},
    [COUNTER_DTLB_MISSES] = {PERF_TYPE_HW_CACHE, CACHE_LOAD_MISSES(DTLB)},
    [COUNTER_BRANCH_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    [COUNTER_PAGE_FAULTS] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
    [COUNTER_CONTEXT_SWITCHES] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
    [COUNTER_MIGRATIONS] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
    [COUNTER_TASK_CLOCK_NS] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
};

// What a handle stands for. Each event is open at most once.
static struct opened {
    int descriptor;                    // -1: read by usage_read() instead
    struct perf_event_mmap_page *page; // NULL: read by a system call
} events[COUNTER_EVENT_COUNT];

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int usage_read(enum counter_event event, struct counter_value *value)
{
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0) {
        return -errno;
    }
    const uint64_t now_ns = clock_ns(CLOCK_MONOTONIC); // nothing takes turns: any clock will do
    *value = (struct counter_value){.enabled_ns = now_ns, .running_ns = now_ns};
    switch (event) {
    case COUNTER_PAGE_FAULTS:
        value->count = (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
        return 0;
    case COUNTER_CONTEXT_SWITCHES:
        value->count = (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
        return 0;
    case COUNTER_TASK_CLOCK_NS:
        value->count = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        return 0;
    default:
        return -ENOENT;
    }
}

// Hardware events only: the kernel's own have no register, and their page would be of no use.
static struct perf_event_mmap_page *map_page(int descriptor, enum counter_event event)
{
    if (event >= COUNTER_HARDWARE_COUNT || !counter_registers()) {
        return NULL;
    }
    void *const page =
        mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, descriptor, 0);
    return page == MAP_FAILED ? NULL : page;
}

static int linux_open(enum counter_event event, int leader)
{
    ASSERT(event < COUNTER_EVENT_COUNT);
    const bool leads = leader < 0;
    if (!leads && events[leader].descriptor < 0) {
        return -EINVAL; // no group has both kinds
    }
    const bool is_hardware = event < COUNTER_HARDWARE_COUNT;
    struct perf_event_attr attributes = {
        .type = kinds[event].type,
        .size = sizeof attributes,
        .config = kinds[event].config,
        .read_format =
            PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        // A member that joins a running group would wait for the next switch of threads.
        .disabled = leads,
        .exclude_kernel = is_hardware,
        .exclude_hv = is_hardware,
    };
    const int descriptor =
        (int)syscall(SYS_perf_event_open, &attributes, 0, -1,
                     leads ? -1 : events[leader].descriptor, PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0) {
        const int error = errno;
        struct counter_value value;
        if (is_hardware || !leads || usage_read(event, &value) != 0) {
            return -error;
        }
    }
    events[event] = (struct opened){.descriptor = descriptor < 0 ? -1 : descriptor,
                                    .page = descriptor < 0 ? NULL : map_page(descriptor, event)};
    return (int)event;
}

static void linux_start(int leader)
{
    if (events[leader].descriptor >= 0) {
        ioctl(events[leader].descriptor, PERF_EVENT_IOC_ENABLE, 0);
    }
}

static bool read_pages(const int *handles, size_t handle_count, struct counter_value *values)
{
    for (size_t i = 0; i < handle_count; i++) {
        const struct perf_event_mmap_page *const page = events[handles[i]].page;
        if (!page || !counter_page_read(page, counter_registers(), &values[i])) {
            return false;
        }
    }
    return true;
}

static int linux_read(const int *handles, size_t handle_count, struct counter_value *values)
{
    ASSERT(handle_count > 0);
    ASSERT(handle_count <= COUNTER_EVENT_COUNT);
    if (events[handles[0]].descriptor < 0) {
        ASSERT(handle_count == 1);
        return usage_read((enum counter_event)handles[0], values);
    }
    struct counter_value from_pages[COUNTER_EVENT_COUNT];
    if (read_pages(handles, handle_count, from_pages)) {
        memcpy(values, from_pages, handle_count * sizeof *values);
        return 0;
    }
    struct {
        uint64_t event_count, enabled_ns, running_ns, counts[COUNTER_EVENT_COUNT];
    } group;
    const ssize_t got = read(events[handles[0]].descriptor, &group, sizeof group);
    if (got < 0) {
        return -errno;
    }
    // At its end of file a group in error state gives nothing: a pinned event, or one more member.
    if (got < (ssize_t)(3 * sizeof(uint64_t)) || group.event_count != handle_count) {
        return -EIO;
    }
    for (size_t i = 0; i < handle_count; i++) {
        values[i] = (struct counter_value){.count = group.counts[i],
                                           .enabled_ns = group.enabled_ns,
                                           .running_ns = group.running_ns};
    }
    return 0;
}

static void linux_close(int handle)
{
    struct opened *const event = &events[handle];
    if (event->page) {
        munmap(event->page, (size_t)sysconf(_SC_PAGESIZE));
    }
    if (event->descriptor >= 0) {
        close(event->descriptor);
    }
    *event = (struct opened){.descriptor = -1};
}

const struct counter_source *counter_source_system(void)
{
    static const struct counter_source own = {.width_bits = 64,
                                              .open = linux_open,
                                              .start = linux_start,
                                              .read = linux_read,
                                              .close = linux_close};
    return &own;
}
