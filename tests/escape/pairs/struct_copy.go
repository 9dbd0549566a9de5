package pairs

type pairOf struct {
	p *int
	n int
}

var sink *int
var kept pairOf

func copyLeak() {
	x := 1
	s := pairOf{p: &x}
	t := s
	sink = t.p
}

func copyKeep() int {
	x := 1
	s := pairOf{p: &x}
	t := s
	return *t.p
}

func copyGlobal() {
	x := 1
	s := pairOf{p: &x, n: 2}
	kept = s
}

func load(s *pairOf) pairOf {
	return *s
}

func save(s *pairOf, t *pairOf) {
	*s = *t
}
