package pairs

var sinks **int
var sinkss ***int

func two() {
	x := 1
	p := &x
	sinks = &p
}

func three() {
	x := 1
	p := &x
	pp := &p
	sinkss = &pp
}

func stay() int {
	x := 1
	p := &x
	pp := &p
	return **pp
}

func outer() **int {
	x := 1
	p := &x
	pp := &p
	return pp
}

func part() *int {
	x := 1
	p := &x
	pp := &p
	return *pp
}
