package pairs

var sink *int

func shadowed() int {
	x := 1
	{
		x := 2 // @inner
		sink = &x
	}
	p := &x
	return *p
}

func shadowedOuter() int {
	x := 1 // @outer
	sink = &x
	{
		x := 2
		p := &x
		return *p
	}
}
