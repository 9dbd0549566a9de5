package pairs

var sink *int

func before() int {
	x := 1
	y := 2
	p := &x
	sink = p
	p = &y
	return *p
}

func after(p *int, q *int) *int {
	r := p
	p = q
	return r
}

func cycle(p *int, q *int) *int {
	r := p
	for i := 0; i < 3; i++ {
		s := r
		r = q
		q = s
	}
	return r
}
