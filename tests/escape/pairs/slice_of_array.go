package pairs

var kept []int

func sum(s []int) int {
	t := 0
	for i := 0; i < len(s); i++ {
		t += s[i]
	}
	return t
}

func local() int {
	a := [4]int{1, 2, 3, 4}
	return sum(a[:])
}

func leak() {
	a := [4]int{1, 2, 3, 4}
	kept = a[:]
}

func back() []int {
	a := [4]int{1, 2, 3, 4}
	return a[1:3]
}
