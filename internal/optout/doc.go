// Package optout knows what a text means for consent: whether a person asks to stop, to start again, or for help,
// and what a register of such requests amounts to.
//
// A [Lexicon] reads a cleaned text in tiers, each with its reason. Tier 1, the compliance words, is the union of
// the lists that the law, the carriers and the large providers publish; each word names its sources, and
// [ListVersion] names the state of the lists, so that a decision can be explained years later. Words are kept one
// file a pack: base.go holds what counts everywhere, en.go, es.go and so on what counts where an operator switches
// the locale on.
//
// A [Register] is consent itself: three times, merged by taking the later of each. Any order, any repetition and
// any split of the same requests ends in the same state.
//
// The package is pure: no clock, no context, nothing read or written.
package optout
