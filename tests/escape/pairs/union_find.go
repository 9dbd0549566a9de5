package pairs

type set struct {
	parent *set
	rank   int
}

func root(s *set) *set {
	for s.parent != s {
		s.parent = s.parent.parent
		s = s.parent
	}
	return s
}

func join(a *set, b *set) {
	x := root(a)
	y := root(b)
	if x.rank < y.rank {
		x.parent = y
	} else {
		y.parent = x
	}
}

func singleton(s *set) {
	s.parent = s
}

func use() bool {
	var a, b set
	singleton(&a)
	singleton(&b)
	join(&a, &b)
	return root(&a) == root(&b)
}
