package pairs

func swapInts(a *int, b *int) {
	t := *a
	*a = *b
	*b = t
}

func swapPointers(a **int, b **int) {
	t := *a
	*a = *b
	*b = t
}

func use() int {
	x := 1
	y := 2
	swapInts(&x, &y)
	p := &x
	q := &y
	swapPointers(&p, &q)
	return *p + *q
}
