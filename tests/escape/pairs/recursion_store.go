package pairs

var sink *int

func dive(p *int, n int) {
	if n == 0 {
		sink = p
		return
	}
	x := n
	dive(&x, n-1)
}

func begin() {
	y := 1
	dive(&y, 10)
}
