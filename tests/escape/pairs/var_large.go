package pairs

func read(p *byte) byte {
	return *p
}

func huge() byte {
	var a [11 << 20]byte
	return read(&a[5])
}

func medium() byte {
	var a [200 << 10]byte
	return read(&a[5])
}

func small() byte {
	var a [100 << 10]byte
	return read(&a[5])
}
