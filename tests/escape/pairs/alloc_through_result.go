package pairs

type cell struct {
	v    int
	next *cell
}

func create(v int) *cell {
	c := new(cell) // @create
	c.v = v
	return c
}

func read(c *cell) int {
	return c.v
}

func temporary() int {
	return read(create(3))
}

func local() int {
	c := new(cell) // @local
	c.v = 3
	d := new(cell) // @d
	d.next = c
	return read(d.next)
}

func passed(c *cell) *cell {
	if c == nil {
		c = new(cell) // @passed
	}
	return c
}

func usePassed() int {
	var x cell
	return passed(&x).v
}
