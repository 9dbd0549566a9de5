package pairs

var sink *int
var sinks **int

func content(pp **int) {
	sink = *pp
}

func deep(ppp ***int) {
	sink = **ppp
}

func shallow(ppp ***int) {
	sinks = *ppp
}

func caller() {
	x := 1
	p := &x
	content(&p)
}

func callerDeep() {
	x := 1
	p := &x
	pp := &p
	deep(&pp)
}
