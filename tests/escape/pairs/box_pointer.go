package pairs

var kept interface{}

func store(p *int) {
	kept = p
}

func local(p *int) bool {
	var i interface{} = p
	return i != nil
}

func back(p *int) interface{} {
	return p
}

func unbox(i interface{}) *int {
	return i.(*int)
}

func use() int {
	x := 1
	return *unbox(back(&x))
}

func leak() {
	x := 1
	kept = &x
}
