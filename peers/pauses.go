// A live heap of 128 MiB that two processors change all the time, as peers/pauses.c does it.
//
// Prints a line an operation: its name, a tab, a number, a tab, its unit. A pause is the sum of one
// collection's stops (MemStats.PauseNs).
package main

import (
	"fmt"
	"math/bits"
	"os"
	"runtime"
	"sort"
	"sync"
	"time"
)

const (
	mutatorCount   = 2
	listNodeCount  = 64
	liveBytes      = 128 << 20
	spikeBytes     = 512 << 20
	nodeBytes      = 64
	slotCount      = liveBytes / mutatorCount / (listNodeCount * nodeBytes)
	lookEvery      = 1024
	spikeListCount = spikeBytes / (listNodeCount * nodeBytes)
	stepListCount  = 256
	churnTime      = 2 * time.Second
	returnTimeMax  = 5 * time.Second
	bucketCount    = 64 * 16
)

type node struct {
	next, other *node
	rest        [6]uint64
}

type mutator struct {
	buckets   [bucketCount]uint64
	nodeCount uint64
	timed     int64
	longest   int64
}

var (
	mutators   [mutatorCount]mutator
	tables     [mutatorCount][]*node
	start      = time.Now()
	peakRss    uint64
	peakMapped uint64
	spike      *node
	sink       *node
)

// Monotonic: one reading of the clock.
func now() int64 { return int64(time.Since(start)) }

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

func makeList(nodeCount int) *node {
	var first *node
	for i := 0; i < nodeCount; i++ {
		first = &node{next: first, other: first}
	}
	return first
}

func makeTimedList(m *mutator) *node {
	var first *node
	begin := now()
	before := begin
	for i := 0; i < listNodeCount; i++ {
		first = &node{next: first, other: first}
		at := now()
		m.buckets[bucketOf(uint64(at-before))]++
		if at-before > m.longest {
			m.longest = at - before
		}
		before = at
	}
	m.nodeCount += listNodeCount
	m.timed += before - begin
	return first
}

func print(operation string, value float64, unit string) {
	fmt.Printf("%s\t%.4f\t%s\n", operation, value, unit)
}

func rss() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	var size, resident uint64
	if _, scanErr := fmt.Sscan(string(text), &size, &resident); err != nil || scanErr != nil {
		fmt.Fprintln(os.Stderr, "cannot read /proc/self/statm")
		os.Exit(1)
	}
	return resident * uint64(os.Getpagesize())
}

func lookAtMemory() {
	if bytes := rss(); bytes > peakRss {
		peakRss = bytes
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if bytes := stats.HeapSys - stats.HeapReleased; bytes > peakMapped {
		peakMapped = bytes
	}
}

func churn(index int) {
	m := &mutators[index]
	random := uint64(index + 1)
	end := now() + int64(churnTime)
	for round := 0; now() < end; round++ {
		random = random*6364136223846793005 + 1442695040888963407
		tables[index][(random>>32)%slotCount] = makeTimedList(m)
		// Looking stops the world here: less often than the C programs look.
		if index == 0 && round%(16*lookEvery) == 0 {
			lookAtMemory()
		}
	}
}

func together(fn func(int)) {
	var group sync.WaitGroup
	for i := 0; i < mutatorCount; i++ {
		group.Add(1)
		go func(index int) {
			fn(index)
			group.Done()
		}(i)
	}
	group.Wait()
}

func reportAllocations() {
	var nodeCount, seen uint64
	var timed, longest int64
	for i := range mutators {
		nodeCount += mutators[i].nodeCount
		timed += mutators[i].timed
		if mutators[i].longest > longest {
			longest = mutators[i].longest
		}
	}
	bucket := 0
	for ; bucket < bucketCount-1; bucket++ {
		seen += mutators[0].buckets[bucket] + mutators[1].buckets[bucket]
		if seen*10000 >= nodeCount*9999 {
			break
		}
	}
	print("churn_alloc_mean", float64(timed)/float64(nodeCount), "ns")
	print("churn_alloc_p9999", bucketNs(bucket)*1e-3, "us")
	print("churn_alloc_max", float64(longest)*1e-3, "us")
}

func reportPauses(first uint32) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	count := int(stats.NumGC - first)
	if count > len(stats.PauseNs) {
		count = len(stats.PauseNs) // the runtime keeps the latest
	}
	var pauses []uint64
	for i := 0; i < count; i++ {
		pauses = append(pauses, stats.PauseNs[(int(stats.NumGC)-1-i+256)%256])
	}
	if count == 0 {
		return
	}
	sort.Slice(pauses, func(a, b int) bool { return pauses[a] < pauses[b] })
	print("churn_pause_p50", float64(pauses[count/2])*1e-3, "us")
	print("churn_pause_p999", float64(pauses[(count*999-1)/1000])*1e-3, "us")
	print("churn_pause_max", float64(pauses[count-1])*1e-3, "us")
}

func reportSpike() {
	before := rss()
	spike = makeList(spikeListCount * listNodeCount)
	added := rss() - before
	spike = nil
	runtime.GC()
	begin := now()
	for {
		for i := 0; i < stepListCount; i++ {
			sink = makeList(listNodeCount)
		}
		time.Sleep(10 * time.Millisecond)
		waited := now() - begin
		if rss() <= before+added/4 || waited >= int64(returnTimeMax) {
			print("spike_return", float64(waited)*1e-9, "s")
			return
		}
	}
}

func main() {
	runtime.GOMAXPROCS(mutatorCount)
	before := rss()
	for i := range tables {
		tables[i] = make([]*node, slotCount)
	}
	together(func(index int) {
		for i := range tables[index] {
			tables[index][i] = makeList(listNodeCount)
		}
	})
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	together(churn)
	reportAllocations()
	reportPauses(stats.NumGC)
	print("churn_resident", float64(peakRss-before)/liveBytes, "x")
	print("churn_mapped", float64(peakMapped)/liveBytes, "x")
	for i := range tables {
		tables[i] = nil
	}
	runtime.GC()
	reportSpike()
}
