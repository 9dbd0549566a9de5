// A live heap of 128 MiB that two processors change all the time, as peers/pauses.c does it. Built
// together with latency.go.
//
// Prints a line an operation: its name, a tab, a number, a tab, its unit.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

const (
	listNodeCount  = 64
	liveBytes      = 128 << 20
	spikeBytes     = 512 << 20
	nodeBytes      = 64
	slotCount      = liveBytes / procCount / (listNodeCount * nodeBytes)
	lookEvery      = 1024
	spikeListCount = spikeBytes / (listNodeCount * nodeBytes)
	stepListCount  = 256
	returnTimeMax  = 5 * time.Second
)

type node struct {
	next, other *node
	rest        [6]uint64
}

var (
	allocations [procCount]latency
	tables      [procCount][]*node
	peakRss     uint64
	peakMapped  uint64
	churnTime   time.Duration
	spike       *node
	sink        *node
)

func makeList(nodeCount int) *node {
	var first *node
	for i := 0; i < nodeCount; i++ {
		first = &node{next: first, other: first}
	}
	return first
}

func makeTimedList(l *latency) *node {
	var first *node
	before := now()
	for i := 0; i < listNodeCount; i++ {
		first = &node{next: first, other: first}
		at := now()
		l.add(at - before)
		before = at
	}
	return first
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
	random := uint64(index + 1)
	end := now() + int64(churnTime)
	for round := 0; now() < end; round++ {
		random = random*6364136223846793005 + 1442695040888963407
		tables[index][(random>>32)%slotCount] = makeTimedList(&allocations[index])
		// Looking stops the world here: less often than the C programs look.
		if index == 0 && round%(16*lookEvery) == 0 {
			lookAtMemory()
		}
	}
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
	churnTime = duration()
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
	first := pauses()
	taken := takenNow()
	together(churn)
	allocations[0].merge(&allocations[1])
	allocations[0].reportAllocations("churn")
	reportPauses("churn", first)
	reportTaken("churn", taken)
	print("churn_resident", float64(peakRss-before)/liveBytes, "x")
	print("churn_mapped", float64(peakMapped)/liveBytes, "x")
	for i := range tables {
		tables[i] = nil
	}
	runtime.GC()
	reportSpike()
}
