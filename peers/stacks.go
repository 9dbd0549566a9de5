// The scheduler's operations on one processor, as peers/stacks.c does them.
//
// Prints a line an operation: its name, a tab, nanoseconds.
package main

import (
	"fmt"
	"runtime"
	"time"
)

const (
	roundCount  = 5
	switchCount = 200000
	spawnCount  = 100000
	tripCount   = 100000
)

// Runs round roundCount times; it does opCount operations. Prints the least time.
func timeRounds(operation string, round func(), opCount float64) {
	least := 0.0
	for i := 0; i < roundCount; i++ {
		start := time.Now()
		round()
		ns := float64(time.Since(start).Nanoseconds()) / opCount
		if i == 0 || ns < least {
			least = ns
		}
	}
	fmt.Printf("%s\t%.3f\n", operation, least)
}

func switchRound() {
	done := make(chan struct{}, 1)
	go func() {
		for i := 0; i < switchCount; i++ {
			runtime.Gosched()
		}
		done <- struct{}{}
	}()
	for i := 0; i < switchCount; i++ {
		runtime.Gosched()
	}
	<-done
}

func doNothing() {}

func spawnRound() {
	for i := 0; i < spawnCount; i++ {
		go doNothing()
		runtime.Gosched()
	}
}

func tripRound() {
	there, back := make(chan uint64), make(chan uint64)
	go func() {
		for value := range there {
			back <- value
		}
	}()
	for i := uint64(0); i < tripCount; i++ {
		there <- i
		<-back
	}
	close(there)
}

func main() {
	runtime.GOMAXPROCS(1)
	timeRounds("switch", switchRound, 2*switchCount)
	timeRounds("spawn_exit", spawnRound, spawnCount)
	timeRounds("channel_round_trip", tripRound, tripCount)
}
