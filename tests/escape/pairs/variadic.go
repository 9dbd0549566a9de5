package pairs

func sum(xs ...int) int {
	t := 0
	for i := 0; i < len(xs); i++ {
		t += xs[i]
	}
	return t
}

func first(ps ...*int) *int {
	return ps[0]
}

func use() int {
	x := 1
	y := 2
	return sum(1, 2, 3) + *first(&x, &y)
}
