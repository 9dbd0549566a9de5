// Full collections of live heaps of different shapes, as peers/marking.c does it.
//
// Prints a line a shape: its name, a tab, GB/s, a tab, the unit.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	collectCount = 3
	procCount    = 2
	graphLinks   = 4
	wideLinks    = 32
)

var liveBytes = 64 << 20

type node struct {
	links [graphLinks]*node
	rest  [8 - graphLinks]uint64
}

type small struct {
	links [2]*small
}

type wide struct {
	links [wideLinks]*wide
}

var root unsafe.Pointer

func next(state *uint64) uint64 {
	*state = *state*6364136223846793005 + 1442695040888963407
	return *state >> 32
}

func makeNodes[T any](shuffled bool) []*T {
	var t T
	nodes := make([]*T, liveBytes/int(unsafe.Sizeof(t)))
	for i := range nodes {
		nodes[i] = new(T)
	}
	if shuffled {
		random := uint64(1)
		for i := len(nodes) - 1; i > 0; i-- {
			other := next(&random) % uint64(i+1)
			nodes[i], nodes[other] = nodes[other], nodes[i]
		}
	}
	return nodes
}

func linkTree(nodes []*node) *node {
	left := len(nodes) / 2
	if left > 0 {
		nodes[0].links[0] = linkTree(nodes[1 : 1+left])
	}
	if len(nodes)-1 > left {
		nodes[0].links[1] = linkTree(nodes[1+left:])
	}
	return nodes[0]
}

func linkTree16(nodes []*small) *small {
	left := len(nodes) / 2
	if left > 0 {
		nodes[0].links[0] = linkTree16(nodes[1 : 1+left])
	}
	if len(nodes)-1 > left {
		nodes[0].links[1] = linkTree16(nodes[1+left:])
	}
	return nodes[0]
}

func linkList(nodes []*node) *node {
	for i := 0; i+1 < len(nodes); i++ {
		nodes[i].links[0] = nodes[i+1]
	}
	return nodes[0]
}

func linkGraph(nodes []*node) *node {
	random := uint64(1)
	for i, n := range nodes {
		n.links[0] = nodes[(i+1)%len(nodes)]
		for link := 1; link < graphLinks; link++ {
			n.links[link] = nodes[next(&random)%uint64(len(nodes))]
		}
	}
	return nodes[0]
}

func linkWide(nodes []*wide) *wide {
	for i := 1; i < len(nodes); i++ {
		nodes[(i-1)/wideLinks].links[(i-1)%wideLinks] = nodes[i]
	}
	return nodes[0]
}

func cpuNanoseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fmt.Fprintln(os.Stderr, "getrusage:", err)
		os.Exit(1)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

func run(operation string, build func() unsafe.Pointer) {
	root = build()
	runtime.GC()
	runtime.GC()
	least := 0.0
	for i := 0; i < collectCount; i++ {
		start := cpuNanoseconds()
		runtime.GC()
		ns := cpuNanoseconds() - start
		if i == 0 || ns < least {
			least = ns
		}
	}
	fmt.Printf("%s\t%.4f\tGB/s\n", operation, float64(liveBytes)/least)
	root = nil
	runtime.GC()
}

func main() {
	procs := procCount
	for _, argument := range os.Args[1:] {
		if argument == "--smoke" {
			liveBytes = 1 << 20
		} else if argument == "--one" {
			procs = 1
		}
	}
	runtime.GOMAXPROCS(procs)
	for _, shuffled := range []bool{false, true} {
		suffix := ""
		if shuffled {
			suffix = "_shuffled"
		}
		run("tree"+suffix, func() unsafe.Pointer { return unsafe.Pointer(linkTree(makeNodes[node](shuffled))) })
		run("tree_16"+suffix, func() unsafe.Pointer { return unsafe.Pointer(linkTree16(makeNodes[small](shuffled))) })
		run("list"+suffix, func() unsafe.Pointer { return unsafe.Pointer(linkList(makeNodes[node](shuffled))) })
		run("wide"+suffix, func() unsafe.Pointer { return unsafe.Pointer(linkWide(makeNodes[wide](shuffled))) })
	}
	run("graph", func() unsafe.Pointer { return unsafe.Pointer(linkGraph(makeNodes[node](false))) })
}
