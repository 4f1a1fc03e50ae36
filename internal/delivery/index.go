package delivery

// index finds what has a key: among few by looking at each, which costs less than a map of them.
type index[K comparable, V any] struct {
	few  []indexed[K, V]
	many map[K]V
}

type indexed[K comparable, V any] struct {
	key   K
	value V
}

func newIndex[K comparable, V any](n int) index[K, V] {
	const few = 32
	if n > few {
		return index[K, V]{many: make(map[K]V, n)}
	}
	return index[K, V]{few: make([]indexed[K, V], 0, n)}
}

func (x *index[K, V]) find(key K) (V, bool) {
	for i := range x.few {
		if x.few[i].key == key {
			return x.few[i].value, true
		}
	}
	found, ok := x.many[key]
	return found, ok
}

func (x *index[K, V]) add(key K, v V) {
	if x.many != nil {
		x.many[key] = v
		return
	}
	x.few = append(x.few, indexed[K, V]{key, v})
}
