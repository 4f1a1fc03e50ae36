package keywords

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Index is a compiled set of rules. It is read-only once made, and safe for use by several goroutines.
type Index struct {
	phrases map[Match]*phrases
	regexes []regex
}

// phrases are keywords of one kind by their matching form.
type phrases struct {
	byText  map[string][]*entry // rules that share a keyword in their order
	starts  map[string]uint64   // by first word, one bit for each number of words that keywords with it have
	lengths []int               // how many words the keywords have, each length once, longest first
	maybe   filter              // tells of most words that no keyword begins with them
	emoji   bool                // a keyword is an emoji, so outer emoji have to be looked at
}

type entry struct {
	rule    int
	keyword string
	folded  string
	words   int // in folded
}

type regex struct {
	entry
	expression *regexp.Regexp
}

// ErrNoWords says that nothing of a keyword is left in its matching form: it has no letter, digit or emoji.
var ErrNoWords = errors.New("it has no letter, digit or emoji")

// CompileError says which keyword of which rule cannot be compiled, and why.
type CompileError struct {
	Rule    int    // place of the rule
	Keyword string // as the operator wrote it
	Err     error  // [ErrNoWords], or what regexp says, or an unknown kind of match
}

// Error tells the keyword and the reason.
func (e *CompileError) Error() string { return fmt.Sprintf("keyword %q: %v", e.Keyword, e.Err) }

// Unwrap gives the reason.
func (e *CompileError) Unwrap() error { return e.Err }

// Compile makes an index of rules. The error joins one [CompileError] for every keyword that cannot be used.
func Compile(rules []Rule) (*Index, error) {
	ix := &Index{phrases: map[Match]*phrases{Whole: newPhrases(), FirstWord: newPhrases(), ContainsWord: newPhrases()}}
	var faults []error
	for n, rule := range rules {
		for _, word := range rule.Words {
			if err := ix.add(n, rule.Match, word); err != nil {
				faults = append(faults, &CompileError{Rule: n, Keyword: word, Err: err})
			}
		}
	}
	for _, p := range ix.phrases {
		slices.SortFunc(p.lengths, func(a, b int) int { return b - a })
		p.maybe = newFilter(len(p.starts))
		for first := range p.starts {
			p.maybe.add(first)
		}
	}
	return ix, errors.Join(faults...)
}

func newPhrases() *phrases {
	return &phrases{byText: make(map[string][]*entry), starts: make(map[string]uint64)}
}

// lengthBit is the bit of a number of words in starts. Numbers over 63 share one.
func lengthBit(words int) uint64 { return 1 << min(words, 63) }

func (ix *Index) add(rule int, match Match, word string) error {
	e := entry{rule: rule, keyword: word}
	if match == Regex {
		expression, err := CompileRegex(word)
		if err != nil {
			return err
		}
		ix.regexes = append(ix.regexes, regex{entry: e, expression: expression})
		return nil
	}
	p := ix.phrases[match]
	if p == nil {
		return fmt.Errorf("unknown match %q", match)
	}
	if e.folded = Fold(word); e.folded == "" {
		return ErrNoWords
	}
	p.byText[e.folded] = append(p.byText[e.folded], &e)
	e.words = 1 + strings.Count(e.folded, " ")
	if !slices.Contains(p.lengths, e.words) {
		p.lengths = append(p.lengths, e.words)
	}
	first, _, _ := strings.Cut(e.folded, " ")
	p.starts[first] |= lengthBit(e.words)
	p.emoji = p.emoji || isEmojiWord(e.folded)
	return nil
}

// CompileRegex compiles an expression as a [Regex] rule uses it: RE2, on the matching form of the text, so without
// regard to case. The error is the one of package regexp.
func CompileRegex(expression string) (*regexp.Regexp, error) {
	compiled, err := regexp.Compile("(?i)" + expression)
	if err != nil {
		// Compiled again as written, so that the error quotes what the operator wrote.
		if _, asWritten := regexp.Compile(expression); asWritten != nil {
			err = asWritten
		}
		return nil, err
	}
	return compiled, nil
}

// sortByPrecedence orders matches of one kind: more words first, then the longer keyword, then the earlier rule.
func sortByPrecedence(found []candidate) {
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(b.entry.words-a.entry.words, len(b.entry.folded)-len(a.entry.folded), a.entry.rule-b.entry.rule)
	})
}

// Covers says whether every text that a keyword would match is matched by a rule of the index, so that in a wider
// scope behind this one the keyword can never be reached. Of regular expressions it knows only those that match
// every text.
func (ix *Index) Covers(match Match, keyword string) bool {
	for _, x := range ix.regexes {
		if MatchesEverything(x.expression) {
			return true
		}
	}
	t := Clean(keyword)
	if len(t.Words) == 0 {
		return false
	}
	switch match {
	case Whole:
		_, found := ix.Find(t)
		return found
	case FirstWord:
		return len(ix.containsWord(t, ix.firstWord(t, nil))) > 0
	case ContainsWord:
		return len(ix.containsWord(t, nil)) > 0
	}
	return false
}

// MatchesEverything says whether an expression matches texts that have nothing in common, so any text.
func MatchesEverything(expression *regexp.Regexp) bool {
	for _, text := range []string{"0", "zq", "🛑", "q zz 7", "ა"} {
		if !expression.MatchString(text) {
			return false
		}
	}
	return true
}
