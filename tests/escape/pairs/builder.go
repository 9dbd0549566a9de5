package pairs

type builder struct {
	n    int
	name *int
}

func withNumber(b *builder, n int) *builder {
	b.n = n
	return b
}

func withName(b *builder, name *int) *builder {
	b.name = name
	return b
}

func start() *builder {
	return new(builder) // @start
}

func finish(b *builder) int {
	return b.n + *b.name
}

func use() int {
	x := 1
	var b builder
	return finish(withName(withNumber(&b, 2), &x))
}

func useHeap() int {
	x := 1
	return finish(withName(withNumber(start(), 2), &x))
}
