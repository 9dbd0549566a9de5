package pairs

var sink *int

func a1(p *int, n int) *int {
	if n > 0 {
		return a2(p, n-1)
	}
	return p
}

func a2(p *int, n int) *int {
	return a1(p, n)
}

func b1(p *int, n int) {
	q := a1(p, n)
	if n > 0 {
		b2(q, n-1)
	}
}

func b2(p *int, n int) {
	if n == 3 {
		sink = a2(p, n)
	}
	b1(p, n-1)
}

func c1(p *int) int {
	return *a1(p, 2)
}

func use() int {
	x := 1
	y := 2
	b1(&x, 2)
	return c1(&y)
}
