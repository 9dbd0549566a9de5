package pairs

func block() int {
	var p *int
	{
		x := 1
		p = &x
	}
	return *p
}

func branch(c bool) int {
	var p *int
	if c {
		x := 1
		p = &x
	} else {
		y := 2
		p = &y
	}
	return *p
}
