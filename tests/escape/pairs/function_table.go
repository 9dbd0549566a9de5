package pairs

type visitor struct {
	visit func(p *int)
	n     int
}

func each(v *visitor, p *int) {
	v.visit(p)
	v.n++
}

func walk(v *visitor) int {
	x := 1
	each(v, &x)
	return x + v.n
}
