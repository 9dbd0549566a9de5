package pairs

func copyBytes(to []byte, from []byte) int {
	return copy(to, from)
}

func copyPointers(to []*int, from []*int) int {
	return copy(to, from)
}

func fill(to []byte, b byte) {
	for i := 0; i < len(to); i++ {
		to[i] = b
	}
}

func duplicate(from []byte, n int) []byte {
	to := make([]byte, n) // @to
	copy(to, from)
	return to
}

func use() int {
	var a [8]byte
	var b [8]byte
	fill(a[:], 3)
	return copyBytes(b[:], a[:])
}

func usePointers() int {
	x := 1
	var a [2]*int
	var b [2]*int
	a[0] = &x
	return copyPointers(b[:], a[:])
}
