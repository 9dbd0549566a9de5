package pairs

type base struct {
	id  int
	tag *int
}

type derived struct {
	b    base
	more *base
}

func baseOf(d *derived) *base {
	return &d.b
}

func tagOf(b *base) *int {
	return b.tag
}

func tagThrough(d *derived) *int {
	return tagOf(baseOf(d))
}

func moreTag(d *derived) *int {
	return tagOf(d.more)
}

func use() int {
	x := 1
	d := derived{b: base{1, &x}}
	return *tagThrough(&d)
}

func leak() *base {
	d := derived{b: base{1, nil}}
	return baseOf(&d)
}
