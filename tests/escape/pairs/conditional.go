package pairs

func choose(c bool) *int {
	x := 1
	y := 2
	var p *int
	if c {
		p = &x
	} else {
		p = &y
	}
	return p
}

func either(c bool) int {
	x := 1
	y := 2
	p := &x
	if c {
		p = &y
	}
	return *p
}

func sometimes(c bool, p *int, q *int) *int {
	if c {
		return p
	}
	return q
}

func never(c bool, p *int, q *int) bool {
	if c {
		return p == q
	}
	return p == nil
}
