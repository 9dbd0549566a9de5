package pairs

var sink *int

func deepStore(ppp ***int, q *int) {
	**ppp = q
}

func middleStore(ppp ***int, qq **int) {
	*ppp = qq
}

func loadStore(pp **int, qq **int) {
	*pp = *qq
}

func loadDeep(pp **int, qqq ***int) {
	*pp = **qqq
}

func valueStore(ppp ***int, qqq ***int) {
	***ppp = ***qqq
}

func use() int {
	x := 1
	y := 2
	p := &x
	q := &y
	pp := &p
	deepStore(&pp, q)
	loadStore(&p, &q)
	return *p
}
