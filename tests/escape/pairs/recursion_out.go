package pairs

var sink *int

func collect(out **int, p *int, n int) {
	if n == 0 {
		*out = p
		return
	}
	collect(out, p, n-1)
}

func gather(pp **int, n int) int {
	if n == 0 {
		sink = *pp
		return 0
	}
	return gather(pp, n-1)
}

func use() int {
	x := 1
	var p *int
	collect(&p, &x, 3)
	return *p
}

func useGather() int {
	x := 1
	p := &x
	return gather(&p, 3)
}
