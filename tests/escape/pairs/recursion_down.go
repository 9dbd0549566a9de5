package pairs

func depth(p *int, n int) int {
	if n == 0 {
		return *p
	}
	x := n
	return depth(&x, n-1) + *p
}

func begin() int {
	y := 1
	return depth(&y, 10)
}
