package keywords

import "strings"

// Match is how a keyword is compared with a text.
type Match string

// The kinds of match, in order of precedence: within one scope a narrower kind beats a wider one.
const (
	Whole        Match = "whole"         // the keyword is all the person wrote
	FirstWord    Match = "first_word"    // the text begins with the keyword's word or words
	ContainsWord Match = "contains_word" // the keyword's word or words stand somewhere in the text, whole
	Regex        Match = "regex"         // an RE2 expression finds something in the matching form of the text
)

// Matches are all kinds, in order of precedence.
var Matches = []Match{Whole, FirstWord, ContainsWord, Regex}

// Rule is a set of keywords with one way to match them. Its place in the slice given to [Compile] is its name in a
// [Hit].
type Rule struct {
	Words []string // as the operator wrote them; for Regex, RE2 expressions
	Match Match
}

// Hit is a rule that matches a text.
type Hit struct {
	Rule    int      // place of the rule
	Keyword string   // the keyword of it that matched, as the operator wrote it
	Match   Match    // the rule's kind
	Matched string   // the words that matched, as the person wrote them
	Args    []string // the rest of the person's words, verbatim; for a Regex with groups, what its groups hold
}

// Find gives the rule that decides: the narrowest kind of match, then the keyword of most words, then of most
// letters, then the earliest rule. Its cost does not grow with the number of rules, those by Regex aside.
func (ix *Index) Find(t Text) (Hit, bool) {
	hits := ix.hits(t, true)
	if len(hits) == 0 {
		return Hit{}, false
	}
	return hits[0].hit(t), true
}

// All gives every rule that matches, each once, in the order in which they would decide.
func (ix *Index) All(t Text) []Hit {
	var all []Hit
	seen := make(map[int]bool)
	for _, c := range ix.hits(t, false) {
		if !seen[c.entry.rule] {
			seen[c.entry.rule] = true
			all = append(all, c.hit(t))
		}
	}
	return all
}

// candidate is a match that has been found and not yet been written out.
type candidate struct {
	entry    *entry
	match    Match
	from, to int      // words of the text; from == to stands for an outer emoji, which Words leaves out
	args     []string // groups of a regex
}

func (c candidate) hit(t Text) Hit {
	h := Hit{Rule: c.entry.rule, Keyword: c.entry.keyword, Match: c.match, Args: c.args}
	if c.from == c.to {
		h.Matched = c.entry.keyword
		if h.Args == nil {
			h.Args = t.Without(0, 0)
		}
		return h
	}
	h.Matched = t.Written(c.from, c.to)
	if h.Args == nil {
		h.Args = t.Without(c.from, c.to)
	}
	return h
}

// hits gathers matches in order of precedence; with one, it stops as soon as the deciding one is known.
func (ix *Index) hits(t Text, one bool) []candidate {
	if len(t.Words) == 0 {
		return nil
	}
	var found []candidate
	for _, search := range []func(Text, []candidate) []candidate{ix.whole, ix.firstWord, ix.containsWord, ix.regex} {
		found = search(t, found)
		if one && len(found) > 0 {
			break
		}
	}
	return found
}

func (ix *Index) whole(t Text, found []candidate) []candidate {
	for _, e := range ix.phrases[Whole].byText[t.Folded] {
		found = append(found, candidate{entry: e, match: Whole, to: len(t.Words)})
	}
	return found
}

// firstWord looks up the beginnings of the text, longest first.
func (ix *Index) firstWord(t Text, found []candidate) []candidate {
	p := ix.phrases[FirstWord]
	found = p.startingAt(t, 0, 0, FirstWord, found)
	if p.emoji {
		if all := tokens(t.Own); isEmojiWord(all[0]) && all[0] != t.Words[0] {
			found = p.outerEmoji(all, FirstWord, found)
		}
	}
	return found
}

// containsWord looks up the keywords that may begin at each word.
func (ix *Index) containsWord(t Text, found []candidate) []candidate {
	p := ix.phrases[ContainsWord]
	if len(p.starts) == 0 {
		return found
	}
	from, offset := len(found), 0
	for i, w := range t.Words {
		found = p.startingAt(t, i, offset, ContainsWord, found)
		offset += len(w) + 1
	}
	if p.emoji {
		all := tokens(t.Own)
		for i, w := range all {
			if isEmojiWord(w) {
				found = p.outerEmoji(all[i:], ContainsWord, found)
			}
		}
	}
	sortByPrecedence(found[from:])
	return found
}

// startingAt looks up the keywords that begin at word i, which stands at an offset of Folded, longest first. Most
// words begin none, which the filter or one look-up tells. That keeps a text's cost nearly the same whether there
// are ten rules or ten thousand.
func (p *phrases) startingAt(t Text, i, offset int, match Match, found []candidate) []candidate {
	w := t.Words[i]
	if !p.maybe.has(w) {
		return found
	}
	lengths := p.starts[w]
	if lengths == 0 {
		return found
	}
	for _, words := range p.lengths {
		if lengths&lengthBit(words) == 0 || i+words > len(t.Words) {
			continue
		}
		for _, e := range p.byText[phraseAt(t, i, offset, words)] {
			found = append(found, candidate{entry: e, match: match, from: i, to: i + words})
		}
	}
	return found
}

// outerEmoji looks up the emoji that words begin with and that may stand outside of Words: one, or several that a
// phone shows as one (a flag is two letters, a family its members).
func (p *phrases) outerEmoji(words []string, match Match, found []candidate) []candidate {
	lengths := p.starts[words[0]]
	for _, n := range p.lengths {
		if lengths&lengthBit(n) == 0 || n > len(words) || !isEmojiWord(words[n-1]) {
			continue
		}
		for _, e := range p.byText[strings.Join(words[:n], " ")] {
			found = append(found, candidate{entry: e, match: match})
		}
	}
	return found
}

// phraseAt is a run of words as a part of Folded, beginning at word i, which stands at the given offset.
func phraseAt(t Text, i, offset, words int) string {
	end := offset - 1
	for _, w := range t.Words[i : i+words] {
		end += len(w) + 1
	}
	return t.Folded[offset:end]
}

func (ix *Index) regex(t Text, found []candidate) []candidate {
	for i := range ix.regexes {
		x := &ix.regexes[i]
		at := x.expression.FindStringSubmatchIndex(t.Folded)
		if at == nil {
			continue
		}
		matched := t.Folded[at[0]:at[1]]
		c := candidate{entry: &x.entry, match: Regex}
		c.from = strings.Count(t.Folded[:at[0]], " ")
		if rest := strings.TrimLeft(matched, " "); rest != "" {
			c.from += len(matched) - len(rest)
		}
		c.to = c.from + 1 + strings.Count(strings.TrimSpace(matched), " ")
		for g := 2; g < len(at); g += 2 {
			c.args = append(c.args, group(t, at[g], at[g+1]))
		}
		found = append(found, c)
	}
	return found
}

// group gives what a group of an expression holds: as the person wrote it where it is whole words, else in the
// matching form.
func group(t Text, start, end int) string {
	if start < 0 || start == end {
		return ""
	}
	opens := start == 0 || t.Folded[start-1] == ' '
	closes := end == len(t.Folded) || t.Folded[end] == ' '
	held := t.Folded[start:end]
	if !opens || !closes || strings.HasPrefix(held, " ") || strings.HasSuffix(held, " ") {
		return held
	}
	from := strings.Count(t.Folded[:start], " ")
	return t.Written(from, from+1+strings.Count(held, " "))
}
