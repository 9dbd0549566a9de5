package pairs

func load(pp **int) *int {
	return *pp
}

func load2(ppp ***int) *int {
	return load(*ppp)
}

func address(pp **int) **int {
	return pp
}

func mixed(ppp ***int) *int {
	return load(address(*ppp))
}

func back(p *int) *int {
	q := p
	return load(&q)
}

func back2(p *int) *int {
	q := p
	r := &q
	return load2(&r)
}

func use() int {
	x := 1
	p := &x
	return *load(&p)
}

func leak() *int {
	x := 1
	p := &x
	return load(&p)
}

func leak2() *int {
	x := 1
	p := &x
	pp := &p
	return load2(&pp)
}
