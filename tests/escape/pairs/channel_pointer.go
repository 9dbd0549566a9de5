package pairs

func send(c chan *int, p *int) {
	c <- p
}

func sendLocal(c chan *int) {
	x := 1
	c <- &x
}

func receive(c chan *int) int {
	p := <-c
	return *p
}

func receiveBack(c chan *int) *int {
	p := <-c
	return p
}

func done(c chan *int) {
	close(c)
}
