package pairs

var kept func() int

func returned(p *int) func() int {
	return func() int { // =env
		return *p
	}
}

func stored(p *int) {
	kept = func() int { // =env
		return *p
	}
}

func called(p *int) int {
	f := func() int { // =env
		return *p
	}
	return f()
}
