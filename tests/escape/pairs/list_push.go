package pairs

type node struct {
	next *node
	n    int
}

type list struct {
	head *node
	len  int
}

var global list

func push(l *list, n int) {
	p := new(node) // @push
	p.n = n
	p.next = l.head
	l.head = p
	l.len++
}

func pushNode(l *list, p *node) {
	p.next = l.head
	l.head = p
}

func pop(l *list) *node {
	p := l.head
	l.head = p.next
	return p
}

func peek(l *list) int {
	return l.head.n
}

func useLocal() int {
	var l list
	push(&l, 1)
	x := node{n: 2}
	pushNode(&l, &x)
	return pop(&l).n + peek(&l)
}

func useGlobal() {
	push(&global, 1)
}
