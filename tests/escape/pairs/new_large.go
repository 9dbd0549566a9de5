package pairs

func large() byte {
	p := new([65537]byte) // @large
	p[1] = 2
	return p[1]
}

func limit() byte {
	p := new([65536]byte) // @limit
	p[1] = 2
	return p[1]
}
