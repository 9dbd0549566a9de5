package pairs

var sink *int

func local() int {
	p := new(int) // @local
	*p = 1
	return *p
}

func leak() {
	p := new(int) // @leak
	sink = p
}

func back() *int {
	return new(int) // @back
}

func pass() int {
	p := new(int) // @pass
	return read(p)
}

func read(p *int) int {
	return *p
}
