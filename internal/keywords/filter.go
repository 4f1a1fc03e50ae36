package keywords

import "math/bits"

// filter is a Bloom filter with one hash: it may take a word for one of its own that is not, one in sixteen or
// rarer, and never misses one. It stays in the processor's nearest cache where a map of ten thousand keywords does
// not, and nearly all words of a text are no keyword.
type filter []uint64

// newFilter makes room for a number of words, sixteen bits a word.
func newFilter(words int) filter {
	return make(filter, 1<<bits.Len(uint(words/4)))
}

func (f filter) add(word string) {
	h := f.hash(word)
	f[h/64] |= 1 << (h % 64)
}

func (f filter) has(word string) bool {
	h := f.hash(word)
	return f[h/64]&(1<<(h%64)) != 0
}

// hash is FNV-1a over at most sixteen bytes, with the high bits folded in, as a bit of the filter. Texts that are
// made to collide cost a look-up a word and no more.
func (f filter) hash(word string) uint32 {
	h := uint32(2166136261)
	for i := range min(len(word), 16) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return (h ^ h>>15) & uint32(len(f)*64-1)
}
