package pairs

func appendTo(s []*int, p *int) []*int {
	t := make([]*int, len(s)+1) // @t
	for i := 0; i < len(s); i++ {
		t[i] = s[i]
	}
	t[len(s)] = p
	return t
}

func concat(a []*int, b []*int, c bool) []*int {
	if c {
		return a
	}
	return b
}

func use() int {
	x := 1
	var none []*int
	s := appendTo(none, &x)
	return *s[0]
}

func useConcat() int {
	x := 1
	room := [1]*int{&x}
	s := concat(room[:], nil, true)
	return *s[0]
}
