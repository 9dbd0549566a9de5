package pairs

type node struct {
	next *node
	n    int
}

func build(n int) *node {
	var head *node
	for i := 0; i < n; i++ {
		p := new(node) // @build
		p.n = i
		p.next = head
		head = p
	}
	return head
}

func local(n int) int {
	var head *node
	for i := 0; i < n; i++ {
		p := new(node) // @local
		p.n = i
		p.next = head
		head = p
	}
	return head.n
}
