#include "harness/core_ticks.h"

#include "harness/system_file.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

bool core_ticks_read(struct core_ticks *ticks, int cpu)
{
    char name[32], line[SYSTEM_FILE_BYTES];
    *ticks = (struct core_ticks){0};
    snprintf(name, sizeof name, "cpu%d ", cpu);
    if (!system_file_line("/proc/stat", name, line)) {
        return false;
    }
    // user nice system idle iowait irq softirq steal; guest time is part of user.
    unsigned long long fields[8] = {0};
    char *rest = line;
    for (size_t i = 0; i < 8; i++) {
        fields[i] = strtoull(rest, &rest, 10);
        ticks->all += fields[i];
    }
    ticks->idle = fields[3] + fields[4];
    ticks->stolen = fields[7];
    return true;
}
