// What pauses.go and gcbench.go share, as peers/peer_latency.h in C: latencies, what the machine
// took, lines. Compiled together with one of them.
package main

import (
	"fmt"
	"math/bits"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const procCount = 2

var start = time.Now()

// Monotonic: one reading of the clock.
func now() int64 { return int64(time.Since(start)) }

// How long to measure: --seconds N, 2 by default.
func duration() time.Duration {
	if len(os.Args) == 3 && os.Args[1] == "--seconds" {
		if n, err := strconv.Atoi(os.Args[2]); err == nil && n > 0 {
			return time.Duration(n) * time.Second
		}
	}
	if len(os.Args) > 1 {
		fmt.Fprintf(os.Stderr, "usage: %s [--seconds N]\n", os.Args[0])
		os.Exit(2)
	}
	return 2 * time.Second
}

func print(operation string, value float64, unit string) {
	fmt.Printf("%s\t%.4f\t%s\n", operation, value, unit)
}

// 16 buckets a doubling.
type latency struct {
	buckets [64 * 16]uint64
	count   uint64
	total   int64
	longest int64
}

func bucketOf(ns uint64) int {
	if ns < 16 {
		return int(ns)
	}
	shift := 59 - bits.LeadingZeros64(ns)
	return (shift+1)*16 + int(ns>>shift&15)
}

func bucketNs(bucket int) float64 {
	if bucket < 16 {
		return float64(bucket)
	}
	return float64(16+bucket%16) * float64(uint64(1)<<(bucket/16-1))
}

func (l *latency) add(ns int64) {
	l.buckets[bucketOf(uint64(ns))]++
	l.count++
	l.total += ns
	if ns > l.longest {
		l.longest = ns
	}
}

func (l *latency) merge(from *latency) {
	for i := range l.buckets {
		l.buckets[i] += from.buckets[i]
	}
	l.count += from.count
	l.total += from.total
	if from.longest > l.longest {
		l.longest = from.longest
	}
}

func (l *latency) reportAllocations(group string) {
	var seen uint64
	bucket := 0
	for ; bucket < len(l.buckets)-1; bucket++ {
		seen += l.buckets[bucket]
		if float64(seen) >= 0.9999*float64(l.count) {
			break
		}
	}
	print(group+"_alloc_mean", float64(l.total)/float64(l.count), "ns")
	print(group+"_alloc_p9999", bucketNs(bucket)*1e-3, "us")
	print(group+"_alloc_max", float64(l.longest)*1e-3, "us")
}

// The world's stops so far, as the runtime counts them.
func pauses() *metrics.Float64Histogram {
	for _, name := range []string{"/sched/pauses/total/gc:seconds", "/gc/pauses:seconds"} {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindFloat64Histogram {
			histogram := sample[0].Value.Float64Histogram()
			counts := append([]uint64(nil), histogram.Counts...)
			return &metrics.Float64Histogram{Counts: counts, Buckets: histogram.Buckets}
		}
	}
	fmt.Fprintln(os.Stderr, "this Go does not count its pauses")
	os.Exit(1)
	return nil
}

// Its buckets are wide, a quarter of their value or less: their lower ends are printed, to its favour.
func reportPauses(group string, before *metrics.Float64Histogram) {
	after := pauses()
	var count, seen uint64
	for i := range after.Counts {
		after.Counts[i] -= before.Counts[i]
		count += after.Counts[i]
	}
	if count == 0 {
		return
	}
	lower := func(i int) float64 {
		if after.Buckets[i] < 0 { // the first bucket's end is -infinity
			return 0
		}
		return after.Buckets[i] * 1e6
	}
	var p50, p999, longest float64
	for i, n := range after.Counts {
		if n == 0 {
			continue
		}
		if float64(seen) < 0.5*float64(count) {
			p50 = lower(i)
		}
		if float64(seen) < 0.999*float64(count) {
			p999 = lower(i)
		}
		longest = lower(i)
		seen += n
	}
	print(group+"_pause_count", float64(count), "n")
	print(group+"_pause_p50", p50, "us")
	print(group+"_pause_p999", p999, "us")
	print(group+"_pause_max", longest, "us")
}

type taken struct {
	stolenMs float64
	turns    int64
}

func takenNow() taken {
	var stolenTicks float64
	if text, err := os.ReadFile("/proc/stat"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 8 {
			stolenTicks, _ = strconv.ParseFloat(fields[8], 64)
		}
	}
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	const ticksPerSecond = 100 // USER_HZ, the same everywhere but on alpha
	return taken{stolenTicks * 1000 / ticksPerSecond, int64(usage.Nivcsw)}
}

func reportTaken(group string, before taken) {
	after := takenNow()
	print(group+"_stolen", after.stolenMs-before.stolenMs, "ms")
	print(group+"_turns", float64(after.turns-before.turns), "n")
}

func together(fn func(int)) {
	var group sync.WaitGroup
	for i := 0; i < procCount; i++ {
		group.Add(1)
		go func(index int) {
			fn(index)
			group.Done()
		}(i)
	}
	group.Wait()
}

func init() {
	runtime.GOMAXPROCS(procCount)
}
