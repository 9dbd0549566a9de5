package pairs

var sink *int
var sinks **int

func number(n int) *int {
	return &n
}

func pointer(p *int) **int {
	return &p
}

func keep(n int) int {
	p := &n
	return *p
}

func keepPointer(p *int) int {
	pp := &p
	return **pp
}

func leakNumber(n int) {
	sink = &n
}

func leakPointer(p *int) {
	sinks = &p
}
