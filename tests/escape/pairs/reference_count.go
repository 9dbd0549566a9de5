package pairs

type object struct {
	refs    int
	payload *int
}

var pool *object

func retain(o *object) *object {
	o.refs++
	return o
}

func release(o *object) {
	o.refs--
	if o.refs == 0 {
		pool = o
	}
}

func payload(o *object) *int {
	return o.payload
}

func use() int {
	x := 1
	o := object{payload: &x}
	p := retain(&o)
	return *payload(p)
}

func useRelease() {
	x := 1
	o := object{payload: &x}
	release(retain(&o))
}
