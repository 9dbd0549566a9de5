package pairs

type message struct {
	n    int
	body *int
}

func sendNumber(c chan int, n int) {
	c <- n
}

func sendPlain(c chan message, n int) {
	m := message{n: n}
	c <- m
}

func sendPointing(c chan message) {
	x := 1
	m := message{body: &x}
	c <- m
}

func receiveMessage(c chan message) int {
	m := <-c
	return m.n
}
