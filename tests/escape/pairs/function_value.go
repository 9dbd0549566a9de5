package pairs

var sink *int
var hook func(p *int)

func keep(p *int) {
	sink = p
}

func read(p *int) {
	*p = 1
}

func known() int {
	x := 1
	f := read
	f(&x)
	return x
}

func knownLeak() int {
	x := 1
	f := keep
	f(&x)
	return x
}

func unknown() int {
	x := 1
	hook(&x)
	return x
}

func twoTargets(c bool) int {
	x := 1
	f := read
	if c {
		f = keep
	}
	f(&x)
	return x
}

func twoReads(c bool) int {
	x := 1
	f := read
	if c {
		f = clear
	}
	f(&x)
	return x
}

func clear(p *int) {
	*p = 0
}
