package pairs

type frame struct {
	up *frame
	n  int
}

func climb(up *frame, n int) int {
	if n == 0 {
		t := 0
		for f := up; f != nil; f = f.up {
			t += f.n
		}
		return t
	}
	f := frame{up, n}
	return climb(&f, n-1)
}

func grow(up *frame, n int) *frame {
	if n == 0 {
		return up
	}
	f := frame{up, n}
	return grow(&f, n-1)
}

func make3(n int) *frame {
	f := new(frame) // @make3
	f.n = n
	if n > 0 {
		g := make3(n - 1)
		f.n += g.n
	}
	return f
}

func scratch(n int) int {
	f := new(frame) // @scratch
	f.n = n
	if n > 0 {
		return scratch(n-1) + f.n
	}
	return f.n
}
