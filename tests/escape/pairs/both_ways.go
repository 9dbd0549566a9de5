package pairs

var sink *int

type node struct {
	next *node
	v    *int
}

func heapAndResult(p *int) *int {
	sink = p
	return p
}

func contentAndResult(p *node) *node {
	sink = p.v
	return p
}

func resultTwice(p *node, c bool) *node {
	if c {
		return p.next
	}
	return p
}

func deepResult(p *node) *int {
	sink = p.next.v
	return p.v
}

func deepHeap(p *node) *int {
	sink = p.v
	return p.next.v
}
