package pairs

var kept interface{}

func store(n int) {
	kept = n // @store
}

func local(n int) bool {
	var i interface{} = n // @local
	return i != nil
}

func back(n int) interface{} {
	return n // @back
}

func unbox(i interface{}) int {
	return i.(int)
}

func pass(n int) int {
	return unbox(n) // @pass
}
