package pairs

func find(a []int, n int, k int) int {
	var p *int
	for i := 0; i < n; i++ {
		if a[i] == k {
			q := new(int) // @found
			*q = i
			p = q
			break
		}
	}
	if p != nil {
		return *p
	}
	return -1
}

func last(a []int, n int, k int) int {
	var p *int
	for i := 0; i < n; i++ {
		if a[i] == k {
			x := i
			p = &x
			break
		}
	}
	if p != nil {
		return *p
	}
	return -1
}

func before(n int) int {
	var p *int
	for i := 3; i < n; i++ {
		p = &i
	}
	if p != nil {
		return *p
	}
	return -1
}

func inside(a []int, n int, k int) int {
	for n > 0 {
		n--
		if a[n] == k {
			q := new(int) // @inside
			*q = n
			return *q
		}
	}
	return 0
}

func after(a []int, n int) int {
	var p *int
	s := 0
	for i := 0; i < n; i++ {
		s += a[i]
	}
	q := new(int) // @after
	*q = s
	p = q
	return *p
}
