package pairs

type span struct {
	first *int
	last  *int
}

func make2(a *int, b *int) span {
	return span{a, b}
}

func firstOf(s span) *int {
	return s.first
}

func use() int {
	x := 1
	y := 2
	s := make2(&x, &y)
	return *firstOf(s)
}

func leak() span {
	x := 1
	y := 2
	return make2(&x, &y)
}

func swapEnds(s span) span {
	return span{s.last, s.first}
}

func load(s *span) *int {
	t := *s
	return t.last
}
