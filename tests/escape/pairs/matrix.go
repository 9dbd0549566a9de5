package pairs

type matrix struct {
	rows []*float64
	n    int
}

func get(m *matrix, i int) float64 {
	return *m.rows[i]
}

func cell(m *matrix, i int) *float64 {
	return m.rows[i]
}

func row(m *matrix) []*float64 {
	return m.rows
}

func setRow(m *matrix, i int, v *float64) {
	m.rows[i] = v
}

func scale(m *matrix, f float64) {
	for i := 0; i < m.n; i++ {
		*m.rows[i] *= f
	}
}

func use() float64 {
	x := 1.5
	room := [1]*float64{&x}
	m := matrix{room[:], 1}
	scale(&m, 2)
	return get(&m, 0) + *cell(&m, 0)
}
