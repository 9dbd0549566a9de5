package pairs

var mapSet func(key int, value *int)

func remember(key int, p *int) {
	mapSet(key, p)
}

func rememberLocal(key int) {
	x := 1
	mapSet(key, &x)
}

func rememberContent(key int, pp **int) {
	mapSet(key, *pp)
}
