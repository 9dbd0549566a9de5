package pairs

func apply(f func(p *int) int, p *int) int {
	return f(p)
}

func number(f func(n int) int, n int) int {
	return f(n)
}

func produce(f func() *int) *int {
	return f()
}

func use(f func(p *int) int) int {
	x := 1
	return apply(f, &x)
}
