package pairs

type tree struct {
	left  *tree
	right *tree
	key   int
}

func sum(t *tree) int {
	var stack [32]*tree
	top := 0
	total := 0
	stack[top] = t
	top++
	for top > 0 {
		top--
		n := stack[top]
		if n == nil {
			continue
		}
		total += n.key
		stack[top] = n.left
		top++
		stack[top] = n.right
		top++
	}
	return total
}

func slot(t **tree, key int) **tree {
	for *t != nil {
		if key < (*t).key {
			t = &(*t).left
		} else {
			t = &(*t).right
		}
	}
	return t
}

func add(root **tree, n *tree) {
	p := slot(root, n.key)
	*p = n
}
