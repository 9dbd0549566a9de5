package pairs

var kept *[32]byte

func local() byte {
	p := new([32]byte) // @local
	p[4] = 5
	return p[4]
}

func leak() {
	p := new([32]byte) // @leak
	kept = p
}

func part() *byte {
	p := new([32]byte) // @part
	return &p[4]
}
