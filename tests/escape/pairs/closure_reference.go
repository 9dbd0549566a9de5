package pairs

func counter() func() int {
	n := 0
	return func() int { // =env
		n++
		return n
	}
}

func local() int {
	n := 0
	add := func(d int) { // =env
		n += d
	}
	add(2)
	add(3)
	return n
}
