package pairs

type node struct {
	next *node
	v    *int
}

type iterator struct {
	at *node
}

func begin(head *node) iterator {
	return iterator{head}
}

func step(it *iterator) *node {
	n := it.at
	if n != nil {
		it.at = n.next
	}
	return n
}

func value(it *iterator) *int {
	return it.at.v
}

func total(head *node) int {
	it := begin(head)
	t := 0
	for {
		n := step(&it)
		if n == nil {
			break
		}
		t += *n.v
	}
	return t
}

func create(head *node) *iterator {
	it := iterator{head}
	return &it
}
