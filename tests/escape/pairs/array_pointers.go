package pairs

func choose(i int) int {
	x := 1
	y := 2
	a := [2]*int{&x, &y}
	return *a[i]
}

func escape(i int) *int {
	x := 1
	y := 2
	a := [2]*int{&x, &y}
	return a[i]
}

func element() *int {
	var a [4]int
	return &a[2]
}

func param(a *[4]*int) *int {
	return a[1]
}

func inside(a *[4]int) *int {
	return &a[1]
}

func put(a *[4]*int, p *int) {
	a[3] = p
}
