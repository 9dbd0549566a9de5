package pairs

type node struct {
	next *node
	n    int
}

func first(a *node, k int) *node {
	if k == 0 {
		return a
	}
	return second(a.next, k-1)
}

func second(b *node, k int) *node {
	if k == 0 {
		return b
	}
	return third(b, k-1)
}

func third(c *node, k int) *node {
	if k == 0 {
		return c.next
	}
	return first(c, k-1)
}

func use() int {
	x := node{n: 1}
	y := node{next: &x}
	return first(&y, 0).n
}
