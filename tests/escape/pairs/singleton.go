package pairs

type state struct {
	n    int
	link *state
}

var only *state

func instance() *state {
	if only == nil {
		only = new(state) // @instance
	}
	return only
}

func attach(s *state) {
	instance().link = s
}

func use() int {
	s := instance()
	s.n++
	return s.n
}

func attachLocal() {
	x := state{n: 1}
	attach(&x)
}
