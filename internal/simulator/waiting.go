package simulator

import (
	"container/heap"
	"context"
	"slices"
	"time"
)

// waiting is what is delivered later: an event of a message, or a delivery that is to be made (again).
type waiting struct {
	at     time.Time
	serial int // things of one instant go in the order in which they were made

	set       string
	eventType string
	messageID string
	body      []byte
	change    int // number of the call that it is of: see record

	// deliver is set for a delivery that has its receiver already.
	deliver func(context.Context)
}

func (w *waiting) before(other *waiting) int {
	if order := w.at.Compare(other.at); order != 0 {
		return order
	}
	return w.serial - other.serial
}

// waitingLine holds what waits; the earliest comes out first.
type waitingLine struct {
	earliest waitingHeap
	made     int
}

func (l *waitingLine) add(w *waiting) {
	l.made++
	w.serial = l.made
	heap.Push(&l.earliest, w)
}

// next takes out the earliest at or before until; a zero until means any. Nil if there is none.
func (l *waitingLine) next(until time.Time) *waiting {
	if len(l.earliest) == 0 || !until.IsZero() && l.earliest[0].at.After(until) {
		return nil
	}
	return heap.Pop(&l.earliest).(*waiting)
}

// drop takes out, for each number, the earliest event of the call with that number.
func (l *waitingLine) drop(changes []int) {
	left := map[int]int{}
	for _, n := range changes {
		left[n]++
	}
	var others []*waiting
	for dropped := 0; dropped < len(changes); {
		w := l.next(time.Time{})
		if w == nil {
			break
		}
		if left[w.change] > 0 {
			left[w.change]--
			dropped++
		} else {
			others = append(others, w)
		}
	}
	for _, w := range others {
		heap.Push(&l.earliest, w)
	}
}

// inOrder are all that wait, in order. They stay.
func (l *waitingLine) inOrder() []*waiting {
	ordered := slices.Clone([]*waiting(l.earliest))
	slices.SortFunc(ordered, (*waiting).before)
	return ordered
}

// waitingHeap is the heap of container/heap.
type waitingHeap []*waiting

func (h waitingHeap) Len() int           { return len(h) }
func (h waitingHeap) Less(i, j int) bool { return h[i].before(h[j]) < 0 }
func (h waitingHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for heap.Push alone.
func (h *waitingHeap) Push(x any) { *h = append(*h, x.(*waiting)) }

// Pop is for heap.Pop alone.
func (h *waitingHeap) Pop() any {
	all := *h
	last := all[len(all)-1]
	all[len(all)-1] = nil
	*h = all[:len(all)-1]
	return last
}
