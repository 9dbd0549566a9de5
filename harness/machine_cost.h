// What the machine charges for the things that disturb a measurement.
#ifndef HARNESS_MACHINE_COST_H
#define HARNESS_MACHINE_COST_H

struct machine_cost {
    double page_fault_ns;       // first touch of a page of fresh anonymous memory; median
    double syscall_ns;          // a system call that does next to nothing; median
    double clock_read_ns;       // one clock_gettime(CLOCK_MONOTONIC); median
    double clock_resolution_ns; // the smallest step seen between two readings that differ
};

// Measures all four on `cpu` (this process is pinned there meanwhile) in some 50 ms. A cost that
// cannot be measured is NaN.
void machine_cost_measure(struct machine_cost *cost, int cpu);

#endif
