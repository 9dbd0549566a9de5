package pairs

type box struct {
	a *int
	b *int
	n int
}

func fill(s *box, p *int) {
	s.a = p
}

func copyField(s *box, t *box) {
	s.a = t.b
}

func localValue(p *int) int {
	var s box
	s.a = p
	return *s.a
}

func localLeak() *int {
	x := 1
	y := 2
	var s box
	s.a = &x
	s.b = &y
	return s.a
}

func count(s *box) {
	s.n++
}
