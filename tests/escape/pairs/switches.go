package pairs

var sink *int

func choose(n int, a *int, b *int, c *int) *int {
	var p *int
	switch n {
	case 0:
		p = a
	case 1:
		p = b
	case 2:
		sink = c
	default:
		p = nil
	}
	return p
}

func use(n int) int {
	x := 1
	y := 2
	z := 3
	p := choose(n, &x, &y, &z)
	if p == nil {
		return 0
	}
	return *p
}
