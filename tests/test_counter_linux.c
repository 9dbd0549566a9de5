// The real system call: software events of this very thread, against what the test itself does and
// what getrusage() says; the same where the system call is refused, as in a container.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // RUSAGE_THREAD, sched_setaffinity
#endif
#include "harness/counter_advice.h"
#include "harness/counter_set.h"
#include "tests/test.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE_COUNT = 500,
    // The window's own: the code that ends it, and the stack it needs, when touched for the first
    // time.
    PAGE_COUNT_MORE = 8
#ifdef __SANITIZE_ADDRESS__
                      + PAGE_COUNT / 8 // the sanitizer keeps a byte for eight
#endif
    ,
    SLEEP_COUNT = 7,
};

static uint64_t counted(const struct counter_total *total, enum counter_event event)
{
    return total->values[event].count;
}

static long switch_count(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void check_page_faults(struct counter_set *set)
{
    const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    char *const pages = mmap(NULL, PAGE_COUNT * page_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    madvise(pages, PAGE_COUNT * page_bytes, MADV_NOHUGEPAGE);
    struct counter_total touched = {0}, again = {0};
    for (int round = 0; round < 2; round++) {
        counter_set_begin(set);
        for (size_t i = 0; i < PAGE_COUNT; i++) {
            ((volatile char *)pages)[i * page_bytes] = 1;
        }
        counter_set_end(set, round == 0 ? &touched : &again);
    }
    CHECK(counted(&touched, COUNTER_PAGE_FAULTS) >= PAGE_COUNT);
    CHECK(counted(&touched, COUNTER_PAGE_FAULTS) <= PAGE_COUNT + PAGE_COUNT_MORE);
    CHECK(counted(&again, COUNTER_PAGE_FAULTS) <= PAGE_COUNT_MORE);
    munmap(pages, PAGE_COUNT * page_bytes);
}

static void check_switches(struct counter_set *set)
{
    struct counter_total total = {0};
    const long outer_begin = switch_count();
    counter_set_begin(set);
    const long inner_begin = switch_count();
    for (int i = 0; i < SLEEP_COUNT; i++) {
        usleep(1000);
    }
    const long inner_count = switch_count() - inner_begin;
    counter_set_end(set, &total);
    const long outer_count = switch_count() - outer_begin;
    CHECK(inner_count >= SLEEP_COUNT);
    CHECK(counted(&total, COUNTER_CONTEXT_SWITCHES) >= (uint64_t)inner_count);
    CHECK(counted(&total, COUNTER_CONTEXT_SWITCHES) <= (uint64_t)outer_count);
}

// Sleeping takes wall time and no task time; the thread cannot run for longer than passed.
static void check_task_clock(struct counter_set *set)
{
    struct counter_total total = {0};
    const uint64_t begin_ns = now_ns();
    counter_set_begin(set);
    for (volatile int i = 0; i < 1000000; i++) {
    }
    usleep(50000);
    counter_set_end(set, &total);
    CHECK(counted(&total, COUNTER_TASK_CLOCK_NS) > 0);
    CHECK(counted(&total, COUNTER_TASK_CLOCK_NS) <= now_ns() - begin_ns - 50000000);
}

static void check_software(struct counter_set *set)
{
    CHECK_EQUAL(set->errors[COUNTER_PAGE_FAULTS], 0);
    CHECK_EQUAL(set->errors[COUNTER_CONTEXT_SWITCHES], 0);
    CHECK_EQUAL(set->errors[COUNTER_TASK_CLOCK_NS], 0);
    check_page_faults(set);
    check_switches(set);
    check_task_clock(set);
}

TEST(software_events_count_what_happens)
{
    struct counter_set set;
    counter_set_init(&set, counter_source_system(), true);
    check_software(&set);
    counter_set_release(&set);
    // Everything was closed: it can be opened again.
    counter_set_init(&set, counter_source_system(), false);
    check_page_faults(&set);
    counter_set_release(&set);
}

TEST(a_thread_that_is_sent_to_another_core_has_migrated)
{
    cpu_set_t allowed, one;
    struct counter_set set;
    struct counter_total total = {0};
    CHECK_EQUAL(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    counter_set_init(&set, counter_source_system(), false);
    if (CPU_COUNT(&allowed) < 2 || set.errors[COUNTER_MIGRATIONS] != 0) {
        printf("skip one core, or no perf events\n");
        counter_set_release(&set);
        return;
    }
    uint64_t move_count = 0;
    counter_set_begin(&set);
    for (int cpu = 0; cpu < CPU_SETSIZE && move_count < 4; cpu++) {
        if (CPU_ISSET(cpu, &allowed)) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            move_count += sched_getcpu() != cpu && sched_setaffinity(0, sizeof one, &one) == 0;
        }
    }
    counter_set_end(&set, &total);
    sched_setaffinity(0, sizeof allowed, &allowed);
    CHECK(move_count > 0);
    CHECK(counted(&total, COUNTER_MIGRATIONS) >= move_count);
    counter_set_release(&set);
}

// From here on perf_event_open fails with this error, as under a container's seccomp profile.
static bool refuse_perf(int error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { STATUS_SKIPPED = 3 };

static void count_refused(void *arg)
{
    const int error = *(const int *)arg;
    if (!refuse_perf(error)) {
        _exit(STATUS_SKIPPED);
    }
    struct counter_set set;
    int hardware_error = 0;
    counter_set_init(&set, counter_source_system(), true);
    CHECK(!counter_set_has_hardware(&set, &hardware_error));
    CHECK_EQUAL(hardware_error, -error);
    CHECK_EQUAL(set.errors[COUNTER_MIGRATIONS], -error);
    check_software(&set);
    counter_set_release(&set);
    fprintf(stderr, "counted\n");
    _exit(0);
}

TEST(without_rights_getrusage_counts_the_same)
{
    static int errors[] = {EACCES, EPERM, ENOSYS, EMFILE};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        int status = 0;
        const char *const said = test_in_child(count_refused, &errors[i], &status);
        if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIPPED) {
            printf("skip no seccomp filters here\n");
            return;
        }
        if (status != 0 || strcmp(said, "counted\n") != 0) {
            test_fail(__FILE__, __LINE__, "status %d, %s", status, said);
        }
    }
}

TEST(every_error_is_one_line_of_advice)
{
    static const struct {
        int error;
        const char *name, *advice;
    } rows[] = {
        {ENOENT, "ENOENT", "no PMU"},          {EACCES, "EACCES", "perf_event_paranoid is "},
        {EPERM, "EPERM", "CAP_PERFMON"},       {ENOSYS, "ENOSYS", "filtered"},
        {ENOSPC, "ENOSPC", "watchdog"},        {EBUSY, "EBUSY", "other profilers"},
        {EMFILE, "EMFILE", "ulimit -n"},       {ENODEV, "ENODEV", "no PMU"},
        {EOPNOTSUPP, "EOPNOTSUPP", "no PMU"},  {ENODATA, "ENODATA", "stay 0"},
        {EINVAL, "EINVAL", "perf_event_open"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char advice[COUNTER_ADVICE_BYTES];
        counter_advice_write(rows[i].error, advice);
        if (!strstr(advice, rows[i].name) || !strstr(advice, rows[i].advice) ||
            strpbrk(advice, "\n\"\\") || strlen(advice) >= COUNTER_ADVICE_BYTES - 1) {
            test_fail(__FILE__, __LINE__, "%s: '%s'", rows[i].name, advice);
        }
    }
}
