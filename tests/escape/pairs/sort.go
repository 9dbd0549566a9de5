package pairs

func exchange(a []*int, i int, j int) {
	t := a[i]
	a[i] = a[j]
	a[j] = t
}

func sort(a []*int, low int, high int) {
	if low >= high {
		return
	}
	pivot := a[high]
	at := low
	for i := low; i < high; i++ {
		if *a[i] < *pivot {
			exchange(a, i, at)
			at++
		}
	}
	exchange(a, at, high)
	sort(a, low, at-1)
	sort(a, at+1, high)
}

func numbers(a []int) {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0 && a[j] < a[j-1]; j-- {
			t := a[j]
			a[j] = a[j-1]
			a[j-1] = t
		}
	}
}

func median(a []*int) *int {
	sort(a, 0, len(a)-1)
	return a[len(a)/2]
}

func use() int {
	x := 3
	y := 2
	room := [2]*int{&x, &y}
	return *median(room[:])
}

func useNumbers() int {
	room := [3]int{3, 2, 1}
	numbers(room[:])
	return room[0]
}
