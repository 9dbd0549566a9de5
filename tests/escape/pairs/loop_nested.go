package pairs

func nested(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		var p *int
		y := i
		q := &y
		for j := 0; j < n; j++ {
			x := j
			p = &x
			r := &x
			q = r
			sum += *r
		}
		sum += *p + *q
	}
	return sum
}

func sideways(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		x := i
		p := &x
		for j := 0; j < n; j++ {
			q := p
			sum += *q
		}
	}
	return sum
}
