package optout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
)

// The reasons of tier 1.
const (
	ReasonOptOutWord = "opt_out_word" // the person's whole words are a listed opt-out word
	ReasonOptInWord  = "opt_in_word"  // the same for opt-in
	ReasonHelpWord   = "help_word"    // the same for help
	// ReasonUnclearWord: the same for words that may ask to stop and may be an outburst.
	ReasonUnclearWord = "unclear_word"
)

// Finding is what a text, or a word, means for consent, and why.
type Finding struct {
	Intent  Intent   // None if the text asks for nothing of the kind
	Reason  string   // the name of the reading that decided, "" with None
	Matched string   // the words that decided, as the person wrote them
	Keyword string   // the listed word as its list writes it, or the name of the reading
	Tier    int      // 1: a listed word; 2: a clear request in natural language; 3: unclear. 0 with None
	Sources []string // the published lists that name the word
}

// Lexicon is the compliance words of one set of locales, and the grammars of those that have one. It is read-only once
// made, and safe for use by several goroutines.
type Lexicon struct {
	words    map[string]Finding  // by matching form
	squeezed map[string][]string // matching forms by what is left of them when no letter stands twice
	longest  int                 // words of the longest listed phrase
	yes      map[string]bool     // by matching form
	grammars []*grammar
	known    map[string]uint8 // the grammars that know a word, one bit each
	packs    bool             // a pack is on
	accents  bool             // one in whose language accents tell words apart
}

// Locales are the names of all packs, in order.
func Locales() []string {
	var names []string
	for _, p := range packs() {
		names = append(names, p.locale)
	}
	slices.Sort(names)
	return names
}

// NewLexicon makes a lexicon of the words that count everywhere and those of the packs named. A region is allowed
// and ignored: fr-CA is fr. The error names the first unknown locale and those that are known.
func NewLexicon(locales []string) (*Lexicon, error) {
	on := make(map[string]bool)
	for _, locale := range locales {
		language, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(locale), "_", "-"), "-")
		if !slices.Contains(Locales(), language) {
			return nil, fmt.Errorf("unknown locale %q: known are %s", locale, strings.Join(Locales(), ", "))
		}
		on[language] = true
	}
	l := &Lexicon{words: make(map[string]Finding), squeezed: make(map[string][]string), yes: make(map[string]bool), known: make(map[string]uint8)}
	l.packs, l.accents = len(on) > 0, on["vi"]
	l.add(baseWords, true)
	for _, p := range packs() {
		l.add(p.words, on[p.locale])
		for _, yes := range p.yes {
			l.yes[keywords.Fold(yes)] = l.yes[keywords.Fold(yes)] || on[p.locale]
		}
	}
	for folded := range l.words {
		key := squeezeAll(folded)
		l.squeezed[key] = append(l.squeezed[key], folded)
		l.longest = max(l.longest, strings.Count(folded, " ")+1)
	}
	for _, key := range l.squeezed {
		slices.Sort(key)
	}
	for _, language := range languages() {
		if on[language.locale] {
			g := language.compile()
			g.bit = 1 << len(l.grammars)
			l.grammars = append(l.grammars, g)
			for w := range g.words {
				l.known[w] |= g.bit
			}
		}
	}
	return l, nil
}

// add takes in the words of a pack. Where two packs disagree on a word, stop wins over start and start over help:
// to text a person who asked to stop is the worse mistake.
func (l *Lexicon) add(words []word, on bool) {
	for _, w := range words {
		if !on && !w.everywhere {
			continue
		}
		folded := keywords.Fold(w.text)
		known, ok := l.words[folded]
		switch {
		case !ok || strictness(w.intent) > strictness(known.Intent):
			tier := 1
			if w.intent == Unclear {
				tier = 3
			}
			l.words[folded] = Finding{Intent: w.intent, Reason: reasonOf(w.intent), Matched: w.text, Tier: tier, Sources: w.sources}
		case known.Intent == w.intent:
			known.Sources = union(known.Sources, w.sources)
			l.words[folded] = known
		}
	}
}

// Word says whether a word or phrase, given in its matching form ([keywords.Fold]), is a compliance word. It is
// how keywords of an operator are checked for collisions.
func (l *Lexicon) Word(folded string) (Finding, bool) {
	found, ok := l.words[folded]
	return found, ok
}

// BuiltIntoAWS gives AWS's ten built-in opt-out words in their matching form, longest first. A number whose
// opt-outs AWS manages acts on any text that begins with one of them (AWS keywords, opt-out-list-keywords).
func BuiltIntoAWS() []string {
	var words []string
	for _, w := range baseWords {
		if slices.Contains(w.sources, aws) {
			words = append(words, keywords.Fold(w.text))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func reasonOf(i Intent) string {
	switch i {
	case OptOut:
		return ReasonOptOutWord
	case OptIn:
		return ReasonOptInWord
	case Help:
		return ReasonHelpWord
	case Unclear:
		return ReasonUnclearWord
	}
	return ""
}

// union joins two lists of sources without touching either.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
