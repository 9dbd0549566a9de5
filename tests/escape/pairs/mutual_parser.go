package pairs

type parser struct {
	text []byte
	at   int
	last *int
}

func expression(p *parser, value *int) int {
	v := term(p, value)
	for p.at < len(p.text) && p.text[p.at] == '+' {
		p.at++
		v += term(p, value)
	}
	return v
}

func term(p *parser, value *int) int {
	v := factor(p, value)
	for p.at < len(p.text) && p.text[p.at] == '*' {
		p.at++
		v *= factor(p, value)
	}
	return v
}

func factor(p *parser, value *int) int {
	if p.text[p.at] == '(' {
		p.at++
		v := expression(p, value)
		p.at++
		return v
	}
	p.at++
	p.last = value
	return *value
}

func use() int {
	text := [3]byte{'x', '+', 'x'}
	x := 2
	p := parser{text: text[:]}
	return expression(&p, &x)
}
