package pairs

type stack struct {
	items [16]*int
	top   int
}

func push(s *stack, p *int) {
	s.items[s.top] = p
	s.top++
}

func pop(s *stack) *int {
	s.top--
	return s.items[s.top]
}

func use() int {
	var s stack
	x := 1
	push(&s, &x)
	return *pop(&s)
}

func useDirect() int {
	var s stack
	x := 1
	s.items[0] = &x
	return *s.items[0]
}
