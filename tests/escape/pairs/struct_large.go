package pairs

var sink *int

type many struct {
	p [8]*int
	n [8]int
}

func pick(s many, i int) *int {
	return s.p[i]
}

func sum(s many) int {
	return *s.p[0] + s.n[1]
}

func leak(s many) {
	sink = s.p[3]
}

func fill(p *int) many {
	var s many
	s.p[2] = p
	return s
}

func use() int {
	x := 1
	s := fill(&x)
	return *pick(s, 2) + sum(s)
}
