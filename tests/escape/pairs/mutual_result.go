package pairs

func ping(p *int, q *int, n int) *int {
	if n == 0 {
		return p
	}
	return pong(q, n-1)
}

func pong(r *int, n int) *int {
	x := 1
	if n == 0 {
		return r
	}
	return ping(&x, r, n-1)
}

func use() int {
	a := 1
	b := 2
	return *ping(&a, &b, 3)
}
