// GCBench, as peers/gcbench.c does it: short-lived binary trees of many sizes beside a tree and an
// array that live. Built together with latency.go.
//
// Prints a line an operation: its name, a tab, a number, a tab, its unit.
package main

import (
	"fmt"
	"os"
)

const (
	stretchDepth = 18
	liveDepth    = 16
	depthMin     = 4
	depthMax     = 16
	arrayCount   = 500000
)

type node struct {
	left, right *node
	i, j        int32
}

var (
	liveTree    *node
	liveArray   []float64
	allocations latency
	timed       bool
	sink        *node
)

func makeNode(left, right *node) *node {
	if !timed {
		return &node{left: left, right: right}
	}
	before := now()
	made := &node{left: left, right: right}
	allocations.add(now() - before)
	return made
}

func nodeCount(depth int) int { return 1<<(depth+1) - 1 }

func populate(depth int, n *node) {
	if depth > 0 {
		n.left = makeNode(nil, nil)
		n.right = makeNode(nil, nil)
		populate(depth-1, n.left)
		populate(depth-1, n.right)
	}
}

func makeTree(depth int) *node {
	if depth == 0 {
		return makeNode(nil, nil)
	}
	left := makeTree(depth - 1)
	return makeNode(left, makeTree(depth-1))
}

func construct(depth int) {
	treeCount := 2 * nodeCount(stretchDepth) / nodeCount(depth)
	for i := 0; i < treeCount; i++ {
		tree := makeNode(nil, nil)
		populate(depth, tree)
		sink = tree // on the heap, all of it
	}
	for i := 0; i < treeCount; i++ {
		makeTree(depth)
	}
}

func (n *node) count() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

func runOnce() {
	makeTree(stretchDepth)
	liveTree = makeNode(nil, nil)
	populate(liveDepth, liveTree)
	liveArray = make([]float64, arrayCount)
	for i := 0; i < arrayCount/2; i++ {
		liveArray[i] = 1 / float64(i)
	}
	for depth := depthMin; depth <= depthMax; depth += 2 {
		construct(depth)
	}
	if liveTree.count() != nodeCount(liveDepth) || liveArray[1000] != 1/float64(1000) {
		fmt.Fprintln(os.Stderr, "gcbench: what lives has changed")
		os.Exit(1)
	}
	liveTree = nil
	liveArray = nil
}

func runPart(length int64) int64 {
	end := now() + length
	least := int64(0)
	for {
		begin := now()
		runOnce()
		if ns := now() - begin; least == 0 || ns < least {
			least = ns
		}
		if now() >= end {
			return least
		}
	}
}

func main() {
	length := int64(duration())
	first := pauses()
	print("gcbench", float64(runPart(length))*1e-6, "ms")
	before := takenNow()
	timed = true
	runPart(length)
	allocations.reportAllocations("gcbench")
	reportPauses("gcbench", first)
	reportTaken("gcbench", before)
}
