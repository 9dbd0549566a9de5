package pairs

type queue struct {
	slots []*int
	head  int
	tail  int
}

func put(q *queue, p *int) bool {
	if q.tail-q.head == len(q.slots) {
		return false
	}
	q.slots[q.tail%len(q.slots)] = p
	q.tail++
	return true
}

func get(q *queue) *int {
	p := q.slots[q.head%len(q.slots)]
	q.head++
	return p
}

func use() int {
	var room [4]*int
	q := queue{slots: room[:]}
	x := 1
	put(&q, &x)
	return *get(&q)
}

func create() *queue {
	s := make([]*int, 4) // @slots
	q := new(queue)      // @queue
	q.slots = s
	return q
}
