package pairs

type user struct {
	id   int
	name [16]byte
}

func createUser(id int) *user {
	x := user{id: id}
	return &x
}

func processUser(id int) int {
	y := user{id: id}
	p := &y
	return p.id + int(p.name[0])
}

func both() int {
	u := createUser(7)
	return u.id + processUser(8)
}
