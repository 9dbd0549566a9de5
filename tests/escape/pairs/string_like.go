package pairs

var kept string

func same(s string) string {
	return s
}

func cut(s string, n int) string {
	return s[n:]
}

func length(s string) int {
	return len(s)
}

func at(s string, i int) byte {
	return s[i]
}

func keep(s string) {
	kept = s
}

func longer(s string, t string) string {
	if len(s) > len(t) {
		return s
	}
	return t
}
