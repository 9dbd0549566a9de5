package pairs

func less(a *int, b *int) bool {
	return *a < *b
}

func smaller(a *int, b *int) *int {
	if less(a, b) {
		return a
	}
	return b
}

func equal(a *int, b *int) bool {
	return a == b
}

func null(a *int) bool {
	return a == nil
}

func three() int {
	x := 1
	y := 2
	z := 3
	return *smaller(&x, smaller(&y, &z))
}

func threeLeak() *int {
	x := 1
	y := 2
	z := 3
	return smaller(&x, smaller(&y, &z))
}
