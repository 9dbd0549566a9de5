package pairs

func set(pp **int, q *int) {
	*pp = q
}

func clear(pp **int) {
	*pp = nil
}

func setLocal() int {
	x := 1
	var p *int
	set(&p, &x)
	return *p
}

func direct() int {
	x := 1
	var p *int
	pp := &p
	*pp = &x
	return *p
}

func number(p *int, n int) {
	*p = n
}
