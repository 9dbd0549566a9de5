package pairs

var sink *int

func id(p *int) *int {
	return p
}

func idTwice(q *int) *int {
	return id(id(q))
}

func keepThrough() int {
	x := 1
	return *idTwice(&x)
}

func leakThrough() {
	x := 1
	sink = idTwice(&x)
}

func returnThrough() *int {
	x := 1
	return idTwice(&x)
}

func derefThrough(pp **int) *int {
	return id(*pp)
}
