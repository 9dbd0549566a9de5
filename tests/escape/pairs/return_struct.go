package pairs

type result struct {
	value *int
	err   *int
	code  int
}

func success(p *int) result {
	return result{value: p}
}

func failure() result {
	e := 5
	return result{err: &e}
}

func check(r result) int {
	if r.err != nil {
		return *r.err
	}
	return *r.value
}

func use() int {
	x := 1
	return check(success(&x)) + check(failure())
}

func unwrap(r result) *int {
	return r.value
}

func useUnwrap() *int {
	x := 1
	return unwrap(success(&x))
}
