package pairs

type shape interface {
	area(scale *int) int
}

type square struct {
	side int
}

func (s *square) area(scale *int) int {
	return s.side * s.side * *scale
}

func measure(s shape, k *int) int {
	return s.area(k)
}

func use() int {
	sq := square{3}
	k := 2
	return measure(&sq, &k)
}

func direct() int {
	sq := square{3}
	k := 2
	p := &sq
	return p.area(&k)
}
