#ifndef _GNU_SOURCE
#define _GNU_SOURCE // MAP_ANONYMOUS, syscall
#endif
#include "harness/machine_cost.h"

#include "harness/affinity.h"
#include "harness/interval.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Enough repetitions for a steady median; a page fault costs up to 13 us on virtual machines.
enum { REPETITION_COUNT = 31, FAULT_PAGE_COUNT = 32, CALL_COUNT = 500, STEP_COUNT = 20000 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double page_fault_ns(void)
{
    const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    double costs_ns[REPETITION_COUNT];
    for (size_t i = 0; i < REPETITION_COUNT; i++) {
        volatile char *const memory =
            mmap(NULL, FAULT_PAGE_COUNT * page_bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            return NAN;
        }
        const int64_t start_ns = now_ns();
        for (size_t page = 0; page < FAULT_PAGE_COUNT; page++) {
            memory[page * page_bytes] = 1;
        }
        costs_ns[i] = (double)(now_ns() - start_ns) / (double)FAULT_PAGE_COUNT;
        munmap((void *)memory, FAULT_PAGE_COUNT * page_bytes);
    }
    return interval_of(costs_ns, REPETITION_COUNT).value;
}

static double syscall_ns(void)
{
    double costs_ns[REPETITION_COUNT];
    for (size_t i = 0; i < REPETITION_COUNT; i++) {
        const int64_t start_ns = now_ns();
        for (int call = 0; call < CALL_COUNT; call++) {
            syscall(SYS_getppid);
        }
        costs_ns[i] = (double)(now_ns() - start_ns) / (double)CALL_COUNT;
    }
    return interval_of(costs_ns, REPETITION_COUNT).value;
}

static double clock_read_ns(void)
{
    double costs_ns[REPETITION_COUNT];
    for (size_t i = 0; i < REPETITION_COUNT; i++) {
        const int64_t start_ns = now_ns();
        for (int call = 0; call < CALL_COUNT; call++) {
            now_ns();
        }
        costs_ns[i] = (double)(now_ns() - start_ns) / (double)CALL_COUNT;
    }
    return interval_of(costs_ns, REPETITION_COUNT).value;
}

static double clock_resolution_ns(void)
{
    int64_t smallest_ns = INT64_MAX, before_ns = now_ns();
    for (int i = 0; i < STEP_COUNT; i++) {
        const int64_t current_ns = now_ns();
        if (current_ns > before_ns && current_ns - before_ns < smallest_ns) {
            smallest_ns = current_ns - before_ns;
        }
        before_ns = current_ns;
    }
    return smallest_ns == INT64_MAX ? NAN : (double)smallest_ns;
}

void machine_cost_measure(struct machine_cost *cost, int cpu)
{
    affinity_pin(cpu); // where that is refused the costs of another core are still true ones
    *cost = (struct machine_cost){
        .page_fault_ns = page_fault_ns(),
        .syscall_ns = syscall_ns(),
        .clock_read_ns = clock_read_ns(),
        .clock_resolution_ns = clock_resolution_ns(),
    };
    affinity_restore();
}
