package pairs

var sink *int

type holder struct {
	p  *int
	pp **int
}

func keepP(h *holder) {
	sink = h.p
}

func keepPP(h *holder) {
	sink = *h.pp
}

func viaField(h *holder) {
	keepDirect(h.p)
}

func viaAddress(h *holder) {
	keepContent(&h.p)
}

func keepDirect(p *int) {
	sink = p
}

func keepContent(pp **int) {
	sink = *pp
}

func useP() {
	x := 1
	y := 2
	py := &y
	h := holder{&x, &py}
	keepP(&h)
}

func usePP() {
	x := 1
	y := 2
	py := &y
	h := holder{&x, &py}
	keepPP(&h)
}

func useAddress() {
	x := 1
	h := holder{p: &x}
	viaAddress(&h)
}
