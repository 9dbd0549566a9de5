// The data of a chart, made from a run's pairs.json: a table of tab-separated values that holds
// every number and every string the gnuplot sources in plots/ draw, so that those only draw.
//
// The text begins with lines `# KEY<TAB>VALUE`, the same keys for every chart:
//     title                 the result in a sentence, computed from the rows
//     subtitle              unit, statistic, number of launches and pairs
//     footer                machine, compiler, libc, commit, launches, where the time comes from
//     band_low, band_high   the ratios between which a pair counts as equivalent; only where ratios
//     of
//                           times are drawn
// Then a line of column names and a line a point. An empty field is a value the run does not have.
//
// `overview`: a line a pair, then a line an A/A control; ratios are those of b to a.
//     row          1, 2, … from the top; stack:gc and stack:malloc of one workload and parameter
//                  share one
//     label        "short_lived/16 B"
//     series       gc or malloc (against the stack), other (any other two placements), control
//     ratio, ratio_low, ratio_high, ratio_text ("9.9×"), verdict
//
// `short_lived`: for every size a line for the stack, then for the gc heap and malloc where
// measured, then an empty line (it ends the dumbbell; readers of tables skip it).
//     size_bytes, size ("16 B"), series (stack, gc or malloc)
//     ns, ns_low, ns_high                      time per operation; the stack's is that of stack:gc
//     ratio, ratio_low, ratio_high, ratio_text, verdict    to the stack; empty for the stack itself
//     label_side   above or below: where a text beside the ratio hides nothing of the other series
//
// `percentiles`: a panel a pair, at most six; needs the run's "latency" (harness/latency_file.h).
// For every panel the series timer, then the two placements; a line a histogram bucket, an empty
// line after a series.
//     panel        1, 2, …
//     pair         "short_lived/64 B"
//     series       timer, stack, gc, malloc, …
//     ns           the bucket's middle; in a series' last line the greatest value
//     percentile   the share of operations, in percent, that took no longer
//     height       the same as the axis has it: log10(operations / those that took longer)
//     collected    how many of the bucket's operations met a collection
//
// `misses`: a line a point; counts are per operation, and 0 is a count.
//     panel        1, 2, …: a workload
//     workload
//     level        L1D or LL
//     series       stack, gc or malloc
//     source       simulated or hardware
//     size_bytes, size ("2 MiB")           the working set
//     misses, misses_low, misses_high
//     active_share                         of hardware's counts (docs/formats.md); else empty
// Head lines of its own, each only where it is known: line_bytes; the sizes of the caches,
// model_L1D_bytes and model_LL_bytes where a simulation counted, machine_L1D_bytes and
// machine_LL_bytes where hardware counted and sysfs has them.
//
// `instructions`: for every pair a line for a, one for b and an empty line. All are of one source.
//     row          1, 2, … from the top, the greatest ratio first; shared as in `overview`
//     label, series                        as in `overview`
//     placement    of this line's side
//     source       simulated or hardware
//     instructions, instructions_low, instructions_high    per operation
//     active_share                         as in `misses`
//     ratio, ratio_text ("2.1×")           of b to a; empty for a
//
// `crosscheck`: a line a side of a pair that was both simulated and counted by the hardware.
//     panel, metric   1 instructions, 2 L1 misses
//     label           "short_lived/16 B, gc"
//     series          stack, gc, malloc or other: the placement
//     simulated, hardware, hardware_low, hardware_high     per operation
//     ratio_text, farthest    hardware / simulated; 1 for the panel's farthest from 1
//
// `growth`, `hot_split`: a line a point, an empty line after a series.
//     panel, panel_name                    growth: first use and grown before; hot_split has one
//     series                               contiguous, segmented or reserved
//     depth, depth_text                    growth: frames; hot_split: bytes
//     ns, ns_low, ns_high                  growth: a frame; hot_split: a call
#ifndef HARNESS_CHART_DATA_H
#define HARNESS_CHART_DATA_H

#include <jansson.h>
#include <stdio.h>

// Writes the table of the named chart to `out`; the same run gives the same bytes.
//
// Returns 0; -EINVAL when there is no chart of that name, the run has no pair for it, or `run` has
// not the shape of pairs.json (docs/formats.md); -ENOMEM; -EIO when `out` does not take the text.
// Nothing is written on -EINVAL and -ENOMEM.
int chart_data_write(FILE *out, const char *chart, const json_t *run);

#endif
