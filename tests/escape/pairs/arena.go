package pairs

type arena struct {
	room [64]int
	used int
}

func take(a *arena) *int {
	p := &a.room[a.used]
	a.used++
	return p
}

func local() int {
	var a arena
	p := take(&a)
	*p = 3
	return *p + a.used
}

func leak() *int {
	var a arena
	return take(&a)
}

func reset(a *arena) *arena {
	a.used = 0
	return a
}
