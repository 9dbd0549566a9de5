package pairs

func same(p *int) *int {
	return p
}

func once(pp **int) *int {
	return *pp
}

func twice(ppp ***int) *int {
	return **ppp
}

func thrice(p4 ****int) *int {
	return ***p4
}

func value(ppp ***int) int {
	return ***ppp
}

func half(ppp ***int) **int {
	return *ppp
}
