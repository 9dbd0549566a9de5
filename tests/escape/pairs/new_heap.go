package pairs

type point struct {
	x, y int64
}

var kept *point

func local() int64 {
	p := new(point) // @local
	p.x = 3
	return p.x + p.y
}

func leak() {
	p := new(point) // @leak
	p.x = 3
	kept = p
}

func two() int64 {
	p := new(point) // @p
	q := new(point) // @q
	kept = q
	return p.x
}
