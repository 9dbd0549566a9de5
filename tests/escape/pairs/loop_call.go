package pairs

var sink *int

func id(p *int) *int {
	return p
}

func outer(n int) int {
	p := new(int) // @first
	for i := 0; i < n; i++ {
		p = id(p)
	}
	return *p
}

func inner(n int) int {
	x := 0
	p := &x
	for i := 0; i < n; i++ {
		y := i
		p = id(&y)
	}
	return *p
}

func each(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		y := i
		sum += *id(&y)
	}
	return sum
}
