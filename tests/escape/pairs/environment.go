package pairs

type scope struct {
	parent *scope
	name   int
	value  *int
}

func lookup(s *scope, name int) *int {
	for s != nil {
		if s.name == name {
			return s.value
		}
		s = s.parent
	}
	return nil
}

func enter(parent *scope, name int, value *int) scope {
	return scope{parent, name, value}
}

func evaluate(s *scope, n int) int {
	if n == 0 {
		return *lookup(s, 0)
	}
	x := n
	inner := enter(s, n, &x)
	return evaluate(&inner, n-1)
}

func begin() int {
	x := 5
	root := scope{nil, 0, &x}
	return evaluate(&root, 3)
}
