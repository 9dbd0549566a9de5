package pairs

type item struct {
	prev *item
	next *item
	data *int
}

func insert(at *item, it *item) {
	it.next = at.next
	it.prev = at
	at.next.prev = it
	at.next = it
}

func removeItem(it *item) *int {
	it.prev.next = it.next
	it.next.prev = it.prev
	return it.data
}

func ring() int {
	x := 1
	root := item{}
	root.next = &root
	root.prev = &root
	one := item{data: &x}
	insert(&root, &one)
	return *removeItem(&one)
}

func find(root *item, p *int) *item {
	for it := root.next; it != root; it = it.next {
		if it.data == p {
			return it
		}
	}
	return nil
}
