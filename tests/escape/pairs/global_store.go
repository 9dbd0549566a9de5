package pairs

var sink *int

func store() {
	x := 1
	sink = &x
}

func keep() int {
	y := 2
	p := &y
	return *p
}

func storeParam(p *int) {
	sink = p
}

func readParam(q *int) int {
	return *q
}
