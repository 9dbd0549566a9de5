// Allocation on one processor, as peers/allocs.c does it: objects that die at once, binary trees, a
// full collection of a live heap.
//
// Prints a line an operation: its name, a tab, a number, a tab, its unit. Every row proves from the
// runtime's counters that its objects were on the heap, and `go build -gcflags=-m` shows the same.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

const (
	roundCount   = 5
	opCountMax   = 1000000
	roundBytes   = 192 << 20
	treeDepth    = 16
	treeCount    = 10
	liveBytes    = 64 << 20
	collectCount = 4
)

// What reaches it escapes. Written once a round: the latest object is held by a local until then,
// as in the C programs.
var sink unsafe.Pointer

type (
	bytes8     [1]uint64
	bytes16    [2]uint64
	bytes64    [8]uint64
	bytes256   [32]uint64
	bytes1024  [128]uint64
	pointers8  struct{ p [1]*byte }
	pointers64 struct {
		p    [2]*byte
		rest [6]uint64
	}
	pointers128 struct {
		p    [4]*byte
		rest [12]uint64
	}
)

func allocate8(n int) {
	var p *bytes8
	for i := 0; i < n; i++ {
		p = new(bytes8)
		p[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocate16(n int) {
	var p *bytes16
	for i := 0; i < n; i++ {
		p = new(bytes16)
		p[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocate64(n int) {
	var p *bytes64
	for i := 0; i < n; i++ {
		p = new(bytes64)
		p[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocate256(n int) {
	var p *bytes256
	for i := 0; i < n; i++ {
		p = new(bytes256)
		p[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocate1024(n int) {
	var p *bytes1024
	for i := 0; i < n; i++ {
		p = new(bytes1024)
		p[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocatePointers8(n int) {
	var p *pointers8
	for i := 0; i < n; i++ {
		p = new(pointers8)
	}
	sink = unsafe.Pointer(p)
}

func allocatePointers64(n int) {
	var p *pointers64
	for i := 0; i < n; i++ {
		p = new(pointers64)
		p.rest[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func allocatePointers128(n int) {
	var p *pointers128
	for i := 0; i < n; i++ {
		p = new(pointers128)
		p.rest[0] = uint64(i)
	}
	sink = unsafe.Pointer(p)
}

func print(operation string, value float64, unit string) {
	fmt.Printf("%s\t%.4f\t%s\n", operation, value, unit)
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

func runRow(operation string, allocate func(int), size int) {
	opCount := opCountMax
	if roundBytes/size < opCount {
		opCount = roundBytes / size
	}
	least := 0.0
	var before, after runtime.MemStats
	for i := 0; i < roundCount; i++ {
		runtime.ReadMemStats(&before)
		start := time.Now()
		allocate(opCount)
		ns := float64(time.Since(start).Nanoseconds()) / float64(opCount)
		runtime.ReadMemStats(&after)
		if after.Mallocs-before.Mallocs < uint64(opCount) {
			fail("%s: the objects were not on the heap", operation)
		}
		if i == 0 || ns < least {
			least = ns
		}
	}
	print(operation, least, "ns")
}

type node16 struct{ left, right *node16 }

type node64 struct {
	left, right *node64
	rest        [6]uint64
}

func build16(depth int) *node16 {
	node := &node16{}
	if depth > 0 {
		node.left = build16(depth - 1)
		node.right = build16(depth - 1)
	}
	return node
}

func build64(depth int) *node64 {
	node := &node64{}
	if depth > 0 {
		node.left = build64(depth - 1)
		node.right = build64(depth - 1)
	}
	return node
}

func (node *node16) count() int {
	if node.left == nil {
		return 1
	}
	return 1 + node.left.count() + node.right.count()
}

func (node *node64) count() int {
	if node.left == nil {
		return 1
	}
	return 1 + node.left.count() + node.right.count()
}

func checkCount(count, depth int) {
	if count != 2<<depth-1 {
		fail("a tree of depth %d has %d nodes", depth, count)
	}
}

func reportTrees(operation string, collect bool) {
	least := 0.0
	for i := 0; i < roundCount; i++ {
		start := time.Now()
		for t := 0; t < treeCount; t++ {
			checkCount(build16(treeDepth).count(), treeDepth)
			if collect {
				runtime.GC()
			}
		}
		ms := float64(time.Since(start).Nanoseconds()) * 1e-6 / treeCount
		if i == 0 || ms < least {
			least = ms
		}
	}
	print(operation, least, "ms")
}

func cpuMicroseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail("getrusage: %v", err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) * 1e-3
}

func reportCollect(operation string, live int) {
	runtime.GC()
	least := 0.0
	for i := 0; i < collectCount; i++ {
		start := cpuMicroseconds()
		runtime.GC()
		us := cpuMicroseconds() - start
		if i == 0 || us < least {
			least = us
		}
	}
	print(operation, least/(float64(live)/(1<<20)), "us/MiB")
}

func depthOf(size int) int {
	depth := 0
	for (2<<(depth+1))*size <= liveBytes {
		depth++
	}
	return depth
}

func main() {
	runtime.GOMAXPROCS(1)
	runRow("alloc_8", allocate8, 8)
	runRow("alloc_16", allocate16, 16)
	runRow("alloc_64", allocate64, 64)
	runRow("alloc_256", allocate256, 256)
	runRow("alloc_1024", allocate1024, 1024)
	runRow("alloc_pointers_8", allocatePointers8, 8)
	runRow("alloc_pointers_64", allocatePointers64, 64)
	runRow("alloc_pointers_128", allocatePointers128, 128)
	reportTrees("trees_16", false)
	reportTrees("trees_16_collect", true)

	depth := depthOf(16)
	small := build16(depth)
	reportCollect("collect_nodes_16", (2<<depth-1)*16)
	checkCount(small.count(), depth)
	small = nil

	depth = depthOf(64)
	large := build64(depth)
	reportCollect("collect_nodes_64", (2<<depth-1)*64)
	checkCount(large.count(), depth)
}
