#include "harness/doctor.h"

#include "harness/probe_activity.h"
#include "harness/probe_kernel.h"
#include "harness/probe_processor.h"
#include "harness/probe_timing.h"
#include "harness/probe_tools.h"

void doctor_examine(struct condition_list *list, int cpu)
{
    *list = (struct condition_list){0};
    probe_activity(list); // first: what the others do would count as other work
    probe_processor(list, cpu);
    probe_kernel(list);
    probe_timing(list, cpu);
    probe_tools(list);
}
