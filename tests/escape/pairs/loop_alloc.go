package pairs

func outer(n int) int {
	var p *int
	for i := 0; i < n; i++ {
		p = new(int) // @outer
		*p = i
	}
	if p == nil {
		return 0
	}
	return *p
}

func inner(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		p := new(int) // @inner
		*p = i
		sum += *p
	}
	return sum
}
