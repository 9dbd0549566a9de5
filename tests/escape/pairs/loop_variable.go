package pairs

func outlives(n int) int {
	var p *int
	for i := 0; i < n; i++ {
		x := i
		p = &x
	}
	return *p
}

func within(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		x := i
		p := &x
		sum += *p
	}
	return sum
}

func outside(n int) int {
	x := 0
	p := &x
	for i := 0; i < n; i++ {
		q := p
		*q += i
	}
	return x
}
