package pairs

type point struct {
	x, y int64
}

var kept []point

func local(i int) int64 {
	s := make([]point, 16) // @local
	s[i].x = 3
	return s[i].x
}

func leak(i int) {
	s := make([]point, 16) // @leak
	s[i].x = 3
	kept = s
}

func large(i int) int64 {
	s := make([]point, 5000) // @large
	s[i].x = 3
	return s[i].x
}

func element(i int) *point {
	s := make([]point, 16) // @element
	return &s[i]
}

func variable(n int) int64 {
	s := make([]point, n) // @variable
	s[0].x = 3
	return s[0].x
}
