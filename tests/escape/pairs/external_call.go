package pairs

var external func(p *int) *int

func give() {
	x := 1
	external(&x)
}

func giveParam(p *int) {
	external(p)
}

func take(p *int) *int {
	q := external(p)
	return q
}

func takeOnly() *int {
	return external(nil)
}

func pointee(pp **int) {
	external(*pp)
}
