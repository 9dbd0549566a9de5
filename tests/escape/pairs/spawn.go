package pairs

type job struct {
	n    int
	out  *int
	next *job
}

func work(j *job) {
	*j.out = j.n
}

func start() {
	x := 0
	j := job{1, &x, nil}
	go work(&j)
}

func startParam(j *job) {
	go work(j)
}

func call() int {
	x := 0
	j := job{1, &x, nil}
	work(&j)
	return x
}
