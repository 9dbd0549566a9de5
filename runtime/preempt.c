// Areas are rarely needed (a preemption takes 10 ms of running) and never freed before the run
// ends; a proc keeps the ones that came back to it.
#include "runtime/preempt.h"

#include "runtime/context.h"
#include "runtime/fatal.h"
#include "runtime/os_memory.h"
#include "runtime/world.h"

#include <string.h>

struct vector_area {
    char registers[CONTEXT_VECTOR_BYTES] __attribute__((aligned(64)));
    struct vector_area *next;     // in proc.vector_areas
    struct vector_area *all_next; // of all areas
};

static struct {
    struct lock lock;
    struct vector_area *all;
} areas;

static struct vector_area *take(struct proc *proc)
{
    struct vector_area *area = proc->vector_areas;
    if (area) {
        proc->vector_areas = area->next;
        return area;
    }
    area = os_memory_map(sizeof *area);
    if (!area) {
        fatal("out of memory: the system refused %zu bytes for a preempted coroutine",
              sizeof *area);
    }
    lock_acquire(&areas.lock);
    area->all_next = areas.all;
    areas.all = area;
    lock_release(&areas.lock);
    return area;
}

// The vector registers are saved: this may do anything. Returns whether the coroutine is to be
// preempted.
static bool answer(struct proc *proc, bool may_preempt)
{
    const uint32_t request = atomic_exchange(&proc->request, 0);
    world_poll();
    if ((request & PROC_PREEMPT) && !may_preempt) {
        atomic_fetch_or(&proc->request, PROC_PREEMPT); // back on the coroutine's stack
    }
    return (request & PROC_PREEMPT) && may_preempt;
}

struct vector_area *preempt_poll(struct proc *proc, bool may_preempt)
{
    char registers[CONTEXT_VECTOR_BYTES] __attribute__((aligned(64)));
    context_vectors_save(registers);
    if (answer(proc, may_preempt)) {
        struct vector_area *const area = take(proc);
        memcpy(area->registers, registers, sizeof registers);
        return area;
    }
    context_vectors_restore(registers);
    return NULL;
}

FIBRE_UNSEEN void preempt_keep(struct vector_area *area, const char registers[])
{
    for (size_t i = 0; i < sizeof area->registers; i++) {
        area->registers[i] = registers[i];
    }
}

FIBRE_UNSEEN void preempt_restore(struct vector_area *area)
{
    struct proc *const proc = proc_current;
    area->next = proc->vector_areas;
    proc->vector_areas = area;
    context_vectors_restore(area->registers);
}

void preempt_release(void)
{
    while (areas.all) {
        struct vector_area *const area = areas.all;
        areas.all = area->all_next;
        os_memory_release(area, sizeof *area);
    }
}
