package pairs

type observer struct {
	next *observer
	seen int
}

var observers *observer

func registerIt(o *observer) {
	o.next = observers
	observers = o
}

func notify(n int) {
	for o := observers; o != nil; o = o.next {
		o.seen += n
	}
}

func first() *observer {
	return observers
}

func watch() int {
	var o observer
	registerIt(&o)
	notify(3)
	return o.seen
}

func unwatched() int {
	var o observer
	p := &o
	p.seen = 2
	return o.seen
}
