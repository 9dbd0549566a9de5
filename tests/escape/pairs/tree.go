package pairs

type tree struct {
	left  *tree
	right *tree
	key   int
}

func insert(t *tree, n *tree) *tree {
	if t == nil {
		return n
	}
	if n.key < t.key {
		t.left = insert(t.left, n)
	} else {
		t.right = insert(t.right, n)
	}
	return t
}

func depth(t *tree) int {
	if t == nil {
		return 0
	}
	l := depth(t.left)
	r := depth(t.right)
	if l > r {
		return l + 1
	}
	return r + 1
}

func lookup(t *tree, key int) *tree {
	for t != nil && t.key != key {
		if key < t.key {
			t = t.left
		} else {
			t = t.right
		}
	}
	return t
}

func build(n int) *tree {
	if n == 0 {
		return nil
	}
	t := new(tree) // @build
	t.left = build(n - 1)
	t.right = build(n - 1)
	return t
}

func use() int {
	return depth(build(4))
}

func smallest(t *tree) *int {
	if t.left == nil {
		return &t.key
	}
	return smallest(t.left)
}
