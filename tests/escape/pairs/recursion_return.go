package pairs

func pick(p *int, q *int, n int) *int {
	if n == 0 {
		return p
	}
	return pick(q, p, n-1)
}

func use() int {
	x := 1
	y := 2
	return *pick(&x, &y, 3)
}

func leak() *int {
	x := 1
	y := 2
	return pick(&x, &y, 3)
}
