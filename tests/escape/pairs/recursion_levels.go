package pairs

type node struct {
	next *node
	v    *int
}

func last(n *node) *node {
	if n.next == nil {
		return n
	}
	return last(n.next)
}

func value(n *node) *int {
	if n.next == nil {
		return n.v
	}
	return value(n.next)
}

func contains(n *node, p *int) bool {
	if n == nil {
		return false
	}
	return n.v == p || contains(n.next, p)
}

func reverse(n *node, done *node) *node {
	if n == nil {
		return done
	}
	rest := n.next
	n.next = done
	return reverse(rest, n)
}

func use() int {
	x := 1
	a := node{nil, &x}
	b := node{&a, &x}
	return *value(&b) + *last(&b).v
}

func useReverse() int {
	x := 1
	a := node{nil, &x}
	return *reverse(&a, nil).v
}
