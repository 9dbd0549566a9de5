package pairs

type vertex struct {
	edges [4]*vertex
	seen  bool
	label *int
}

func linkTo(a *vertex, b *vertex, i int) {
	a.edges[i] = b
}

func visit(v *vertex) int {
	if v == nil || v.seen {
		return 0
	}
	v.seen = true
	t := *v.label
	for i := 0; i < 4; i++ {
		t += visit(v.edges[i])
	}
	return t
}

func reach(v *vertex, p *int, n int) *vertex {
	if v.label == p || n == 0 {
		return v
	}
	return reach(v.edges[n%4], p, n-1)
}

func use() int {
	x := 1
	a := vertex{label: &x}
	b := vertex{label: &x}
	a.edges[0] = &b
	return visit(&a)
}

func useLink() int {
	x := 1
	a := vertex{label: &x}
	b := vertex{label: &x}
	linkTo(&a, &b, 0)
	return visit(&a)
}
