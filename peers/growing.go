// What stacks that grow cost, as peers/growing.c does it, which says what the operations are.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

const (
	roundCount      = 7
	grownRoundCount = 60
	frameCount      = 200000
	callDepth       = 25
	parkedCount     = 100000
	spawnCount      = 1000000
)

// A frame of 128 bytes, the return address included.
//
//go:noinline
func descend(depth uint64) uint64 {
	var words [12]uint64
	words[depth%12] = depth
	if depth > 1 {
		words[(depth+1)%12] = descend(depth - 1)
	}
	return words[depth%12]
}

//go:noinline
func fibonacci(n uint64) uint64 {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

func least(operation string, roundCount int, round func(), opCount float64) {
	least := 0.0
	for i := 0; i < roundCount; i++ {
		start := time.Now()
		round()
		ns := float64(time.Since(start).Nanoseconds()) / opCount
		if i == 0 || ns < least {
			least = ns
		}
	}
	fmt.Printf("%s\t%.3f\tns\n", operation, least)
}

func timeFirstUse(operation string, depth uint64) {
	count := frameCount / depth
	least(operation, roundCount, func() {
		for i := uint64(0); i < count; i++ {
			go descend(depth)
			runtime.Gosched()
		}
	}, float64(count*depth))
}

func timeGrown(operation string, depth uint64) {
	done := make(chan struct{})
	go func() {
		count := frameCount / depth
		descend(depth)
		least(operation, grownRoundCount, func() {
			for i := uint64(0); i < count; i++ {
				descend(depth)
			}
		}, float64(count*depth))
		close(done)
	}()
	<-done
}

func residentBytes() float64 {
	var ignored, pages uint64
	file, err := os.Open("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fscan(file, &ignored, &pages)
	return float64(pages) * float64(os.Getpagesize())
}

func weighParked() {
	before := residentBytes()
	gate := make(chan struct{})
	for i := 0; i < parkedCount; i++ {
		go func() { <-gate }()
	}
	runtime.Gosched()
	fmt.Printf("parked\t%.3f\tB\n", (residentBytes()-before)/parkedCount)
	close(gate)
	runtime.Gosched()
}

func doNothing() {}

func weighSpawns() {
	go doNothing()
	runtime.Gosched()
	before := residentBytes()
	for i := 0; i < spawnCount; i++ {
		go doNothing()
		runtime.Gosched()
	}
	fmt.Printf("spawn_1e6\t%.3f\tB\n", residentBytes()-before)
}

func main() {
	runtime.GOMAXPROCS(1)
	weighSpawns()
	weighParked()
	timeFirstUse("first_use_100", 100)
	timeFirstUse("first_use_1000", 1000)
	timeFirstUse("first_use_10000", 10000)
	timeGrown("grown_1000", 1000)
	timeGrown("grown_10000", 10000)
	calls := float64(2*fibonacci(callDepth+1) - 1)
	least("call", roundCount, func() { fibonacci(callDepth) }, calls)
}
