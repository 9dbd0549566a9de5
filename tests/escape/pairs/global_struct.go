package pairs

type registry struct {
	main   *int
	spare  [2]*int
	nested struct {
		p *int
	}
}

var reg registry

func setMain(p *int) {
	reg.main = p
}

func setSpare(i int, p *int) {
	reg.spare[i] = p
}

func setNested(p *int) {
	reg.nested.p = p
}

func through(r *registry, p *int) {
	r.nested.p = p
}

func local() {
	x := 1
	through(&reg, &x)
}

func unrelated(p *int) int {
	r := &reg
	return *r.main + *p
}
