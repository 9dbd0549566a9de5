package pairs

type node struct {
	next *node
	n    int
}

func length(p *node) int {
	n := 0
	for p != nil {
		p = p.next
		n++
	}
	return n
}

func last(p *node) *node {
	for p.next != nil {
		p = p.next
	}
	return p
}

func nth(p *node, n int) *node {
	for {
		if n == 0 {
			break
		}
		p = p.next
		n--
	}
	return p
}
