package pairs

type node struct {
	next *node
	n    int
}

func sum(p *node) int {
	if p == nil {
		return 0
	}
	return p.n + sum(p.next)
}

func local() int {
	c := node{nil, 3}
	b := node{&c, 2}
	a := node{&b, 1}
	return sum(&a)
}

func back() *node {
	c := node{nil, 3}
	b := node{&c, 2}
	a := node{&b, 1}
	return &a
}

func second() *node {
	c := node{nil, 3}
	b := node{&c, 2}
	a := node{&b, 1}
	return a.next
}

func prepend(p *node, n int) *node {
	return &node{p, n} // =made
}
