package pairs

var sink []*int

func at(s []*int, i int) *int {
	return s[i]
}

func tail(s []*int) []*int {
	return s[1:]
}

func total(s []*int) int {
	sum := 0
	for i := 0; i < len(s); i++ {
		sum += *s[i]
	}
	return sum
}

func keepAll(s []*int) {
	sink = s
}

func set(s []*int, i int, p *int) {
	s[i] = p
}

func size(s []*int) int {
	return len(s)
}
