package pairs

var shared int
var pointer *int
var pointers [4]*int

func address() *int {
	return &shared
}

func load() *int {
	return pointer
}

func fromArray(i int) *int {
	return pointers[i]
}

func toArray(i int, p *int) {
	pointers[i] = p
}

func point() {
	pointer = &shared
}

func localHolder() int {
	p := &shared
	q := &p
	return **q
}
