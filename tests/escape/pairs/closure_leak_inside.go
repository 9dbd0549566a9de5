package pairs

var sink *int

func inside() {
	x := 1
	f := func() { // =env
		sink = &x
	}
	f()
}

func insideParam(p *int) {
	f := func() { // =env
		sink = p
	}
	f()
}
