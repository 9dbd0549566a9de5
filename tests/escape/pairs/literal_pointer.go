package pairs

type point struct {
	x, y int
}

type line struct {
	from *point
	to   *point
}

var kept *line

func length(l *line) int {
	return l.to.x - l.from.x
}

func local() int {
	a := &point{1, 2} // =pa
	b := &point{3, 4} // =pb
	l := &line{a, b}  // =pl
	return length(l)
}

func stored() {
	a := &point{1, 2} // =pa
	b := &point{3, 4} // =pb
	l := &line{a, b}  // =pl
	kept = l
}

func from() *point {
	a := &point{1, 2} // =pa
	b := &point{3, 4} // =pb
	l := &line{a, b}  // =pl
	return l.from
}
