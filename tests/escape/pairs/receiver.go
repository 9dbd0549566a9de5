package pairs

type account struct {
	owner   *int
	balance int
}

func (a *account) deposit(n int) {
	a.balance += n
}

func (a account) total() int {
	return a.balance + *a.owner
}

func (a *account) self() *account {
	return a
}

func (a account) holder() *int {
	return a.owner
}

func (a *account) give(p *int) {
	a.owner = p
}

func use() int {
	o := 1
	a := account{&o, 2}
	a.deposit(3)
	a.self().deposit(4)
	return a.total() + *a.holder()
}

func useGive() int {
	o := 1
	var a account
	a.give(&o)
	return a.total()
}
