package pairs

var sink *int

func replace(p *int) *int {
	x := 1
	p = &x
	return p
}

func overwrite(p *int, q *int) {
	p = q
	sink = p
}

func local(p *int) int {
	x := 1
	if p == nil {
		p = &x
	}
	return *p
}

func chain(a *int, b *int, c *int) *int {
	c = b
	b = a
	return c
}
