package pairs

type result struct {
	p *int
	n int
}

func fill(out *result, p *int) {
	out.p = p
	out.n = *p
}

func number(out *int, p *int) {
	*out = *p
}

func use() int {
	x := 1
	var r result
	fill(&r, &x)
	return *r.p
}

func useNumber() int {
	x := 1
	y := 2
	number(&x, &y)
	return x
}
