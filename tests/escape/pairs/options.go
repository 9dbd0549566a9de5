package pairs

type config struct {
	verbose *bool
	level   *int
}

var active config

func apply(c *config, verbose *bool, level *int) {
	if verbose != nil {
		*c.verbose = *verbose
	}
	if level != nil {
		c.level = level
	}
}

func install(c *config) {
	active = *c
}

func run() int {
	v := false
	w := true
	l := 3
	c := config{verbose: &v}
	apply(&c, &w, &l)
	return *c.level
}

func runInstalled() {
	v := false
	c := config{verbose: &v}
	install(&c)
}
