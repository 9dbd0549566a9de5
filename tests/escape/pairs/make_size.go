package pairs

func variable(n int) int {
	s := make([]int, n) // @variable
	s[0] = 4
	return s[0]
}

func large() int {
	s := make([]int32, 20000) // @large
	s[0] = 4
	return int(s[0])
}

func limit() int {
	s := make([]int32, 16384) // @limit
	s[0] = 4
	return int(s[0])
}

func constant() int {
	n := 8
	s := make([]int, n) // @constant
	s[0] = 4
	return s[0]
}
