package pairs

var sink *int

type inner struct {
	p *int
}

type outer struct {
	in   inner
	link *inner
}

func embedded(o *outer) *int {
	return o.in.p
}

func linked(o *outer) *int {
	return o.link.p
}

func address(o *outer) *inner {
	return &o.in
}

func pointer(o *outer) **int {
	return &o.link.p
}

func leakEmbedded(o *outer) {
	sink = o.in.p
}

func readLinked(o *outer) int {
	return *o.link.p
}
