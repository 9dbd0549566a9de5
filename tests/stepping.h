// What tests share that run the program's own code an instruction at a time, or look at its
// threads.
#ifndef TESTS_STEPPING_H
#define TESTS_STEPPING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __x86_64__
enum { TRAP_FLAG = 0x100 };

static inline void set_trap(uint64_t flag)
{
    __builtin_ia32_writeeflags_u64((__builtin_ia32_readeflags_u64() & ~(uint64_t)TRAP_FLAG) | flag);
}
#endif

static inline bool thread_is_asleep(int thread_id)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread_id);
    FILE *const file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
            state = 0;
        }
        fclose(file);
    }
    return state == 'S';
}

#endif
