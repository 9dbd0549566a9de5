package pairs

func table(i int) int {
	s := []int{1, 2, 3, 4} // =room
	return s[i]
}

func back() []int {
	return []int{1, 2, 3, 4} // =room
}

func pointers(i int) int {
	x := 1
	y := 2
	s := []*int{&x, &y} // =room
	return *s[i]
}

func pointersBack() []*int {
	x := 1
	y := 2
	return []*int{&x, &y} // =room
}

func pointerOf(i int) *int {
	x := 1
	y := 2
	s := []*int{&x, &y} // =room
	return s[i]
}
