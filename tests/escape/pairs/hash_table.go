package pairs

type entry struct {
	next  *entry
	key   *int
	value *int
}

type table struct {
	buckets [8]*entry
}

func find(t *table, key *int) *entry {
	e := t.buckets[*key%8]
	for e != nil && *e.key != *key {
		e = e.next
	}
	return e
}

func get(t *table, key *int) *int {
	e := find(t, key)
	if e == nil {
		return nil
	}
	return e.value
}

func set(t *table, key *int, value *int) {
	e := find(t, key)
	if e == nil {
		e = new(entry) // @entry
		e.key = key
		e.next = t.buckets[*key%8]
		t.buckets[*key%8] = e
	}
	e.value = value
}

func use() int {
	var t table
	k := 1
	v := 2
	set(&t, &k, &v)
	l := 1
	return *get(&t, &l)
}
