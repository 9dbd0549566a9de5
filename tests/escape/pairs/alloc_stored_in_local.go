package pairs

type cell struct {
	v    *int
	next *cell
}

func chain() int {
	a := new(cell) // @a
	b := new(cell) // @b
	x := 1
	a.v = &x
	b.next = a
	return *b.next.v
}

func holder() int {
	p := new(int) // @p
	h := cell{v: p}
	return *h.v
}

func holderLeak() cell {
	p := new(int) // @q
	h := cell{v: p}
	return h
}

func array() int {
	var a [3]*int
	a[0] = new(int) // @first
	a[1] = new(int) // @second
	return *a[0] + *a[1]
}
