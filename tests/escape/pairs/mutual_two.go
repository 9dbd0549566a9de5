package pairs

var sink *int

func even(p *int, n int) bool {
	if n == 0 {
		return *p == 0
	}
	return odd(p, n-1)
}

func odd(q *int, n int) bool {
	if n == 0 {
		return *q == 1
	}
	return even(q, n-1)
}

func evenStore(p *int, n int) {
	if n > 0 {
		oddStore(p, n-1)
	}
}

func oddStore(q *int, n int) {
	sink = q
	evenStore(q, n-1)
}

func use() bool {
	x := 1
	return even(&x, 4)
}

func leak() {
	x := 1
	evenStore(&x, 4)
}
