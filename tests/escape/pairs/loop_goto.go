package pairs

func again(n int) int {
	var p *int
	i := 0
loop:
	q := new(int) // @again
	*q = i
	p = q
	i++
	if i < n {
		goto loop
	}
	return *p
}

func forward(n int) int {
	q := new(int) // @forward
	*q = n
	if n > 3 {
		goto out
	}
	*q = 3
out:
	return *q
}
