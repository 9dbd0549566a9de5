package pairs

var sink *int

type two struct {
	a *int
	b *int
}

func takeA(s two) *int {
	return s.a
}

func takeContent(s two) int {
	return *s.a + *s.b
}

func leakB(s two) {
	sink = s.b
}

func whole(s two) two {
	return s
}

func use() int {
	x := 1
	y := 2
	s := two{&x, &y}
	return *takeA(s) + takeContent(whole(s))
}
