package pairs

var sink *int

func bottom(p *int) {
	sink = p
}

func middle(q *int) {
	bottom(q)
}

func top(r *int) {
	middle(r)
}

func start() {
	x := 1
	top(&x)
}

func readBottom(p *int) int {
	return *p
}

func readMiddle(q *int) int {
	return readBottom(q)
}

func readTop(r *int) int {
	return readMiddle(r) + readBottom(r)
}

func readStart() int {
	x := 1
	return readTop(&x)
}
