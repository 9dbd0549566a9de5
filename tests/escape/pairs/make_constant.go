package pairs

var kept []int

func local() int {
	s := make([]int, 8) // @local
	s[3] = 4
	return s[3]
}

func leak() {
	s := make([]int, 8) // @leak
	s[3] = 4
	kept = s
}

func back() []int {
	return make([]int, 8) // @back
}
