package simulator

import "slices"

// journal keeps what happened, oldest first. With a limit it forgets the oldest beyond it.
type journal[T any] struct {
	limit int // 0: none
	items []T
	head  int // items before it are forgotten
}

// add notes one more, and tells what was forgotten for it.
func (j *journal[T]) add(item T) (oldest T, forgotten bool) {
	var none T
	j.items = append(j.items, item)
	if j.limit == 0 || len(j.items)-j.head <= j.limit {
		return none, false
	}
	oldest, j.items[j.head] = j.items[j.head], none
	j.head++
	if j.head > j.limit {
		kept := copy(j.items, j.items[j.head:])
		clear(j.items[kept:])
		j.items, j.head = j.items[:kept], 0
	}
	return oldest, true
}

// bound sets another limit, and tells what is forgotten for it, oldest first.
func (j *journal[T]) bound(limit int) (forgotten []T) {
	all := j.copied()
	if limit > 0 && len(all) > limit {
		forgotten = all[:len(all)-limit]
	}
	j.limit, j.items, j.head = limit, slices.Clone(all[len(forgotten):]), 0
	return forgotten
}

// all are the items that are kept, oldest first. The slice is the caller's to read until the next add.
func (j *journal[T]) all() []T { return j.items[j.head:] }

// copied is all for who reads on without the lock.
func (j *journal[T]) copied() []T { return slices.Clone(j.all()) }
