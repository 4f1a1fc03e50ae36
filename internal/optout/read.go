package optout

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/heedsms/heed/internal/keywords"
)

// The reasons of readings that no grammar gives.
const (
	ReasonFirstLine    = "first_line"    // the first line is a listed word, and more lines follow
	ReasonSeveralWords = "several_words" // nothing but listed words, several of them: the strictest counts
	ReasonWordAndMore  = "word_and_more" // a listed word begins a short text that says something else besides
	ReasonWordAlone    = "word_alone"    // one sentence is a listed word, the others say nothing
	ReasonVeryLong     = "very_long"     // a request somewhere in a text too long to be one
)

// The bounds of what is taken for a request.
const (
	// maxWords is how many words a text may have to be a request. What is longer is a story; a request in it is unclear.
	maxWords = 150
	// mostWords is how many words are read: 1,600 characters of natural language have fewer.
	mostWords = 300
	// mostClauses is how many clauses are read.
	mostClauses = 60
	// fewWords is how many words a text may have for a listed word at its beginning to make it unclear.
	fewWords = 3
)

// Step is one step of reading a text, for a person who asks why it was read as it was.
type Step struct {
	Tier   int    `json:"tier"`   // 1 to 3, 0 for what is done before
	Step   string `json:"step"`   // what was tried, such as "listed word" or "negation"
	Detail string `json:"detail"` // on what, and what came of it
}

// Read gives the compliance verdict of a text, in tiers: a listed word or a way to write one; a clear request in natural
// language; what may be one. Only the person's own words count: a tapback never does, nor do words in a quoted reply.
func (l *Lexicon) Read(t keywords.Text) Finding { return l.read(t, nil) }

// Explain tells the steps that [Lexicon.Read] takes with a text.
func (l *Lexicon) Explain(t keywords.Text) []Step {
	var steps []Step
	l.read(t, func(tier int, step, detail string) {
		steps = append(steps, Step{Tier: tier, Step: step, Detail: detail})
	})
	return steps
}

// Affirms says whether the whole text is a plain yes in one of the lexicon's languages. A yes means nothing for consent
// by itself: it answers a question that was asked.
func (l *Lexicon) Affirms(t keywords.Text) bool { return !t.Reaction && l.yes[t.Folded] }

func (l *Lexicon) read(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	if t.Reaction || len(t.Words) == 0 {
		if tell != nil {
			tell(0, "own words", "none: only the person's own words are read")
		}
		return Finding{}
	}
	if l.homograph(t) {
		// No listed word is what it seems; the sentences may still ask.
		l = &Lexicon{grammars: l.grammars, known: l.known}
	}
	if f, ok := l.listed(t, tell); ok {
		return f
	}
	if !hasLetter(t.Folded) {
		if tell != nil {
			tell(0, "digits and marks", "no letter: such a text is never a request")
		}
		return Finding{}
	}
	return l.requested(t, tell)
}

// listed is tier 1.
func (l *Lexicon) listed(t keywords.Text, tell func(tier int, step, detail string)) (Finding, bool) {
	f, ok := l.words[t.Folded]
	how := asListed
	if !ok {
		f, how, ok = l.variant(t.Folded, t.Words)
	}
	if !ok {
		if tell != nil {
			tell(1, "listed word", fmt.Sprintf("%q is on no list", t.Folded))
		}
		return Finding{}, false
	}
	if tell != nil {
		tell(1, "listed word", fmt.Sprintf("%s (%s)", f.Matched, strings.Join(f.Sources, "; ")))
		if how != asListed {
			tell(1, "spelling", strings.TrimPrefix(how, "_"))
		}
	}
	f.Reason += how
	f.Keyword, f.Matched = f.Matched, t.Written(0, len(t.Words))
	return f, true
}

// requested is tiers 2 and 3.
func (l *Lexicon) requested(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	found := l.firstLine(t, tell)
	if found.Intent != OptOut {
		if f := l.several(t, tell); strictness(f.Intent) > strictness(found.Intent) {
			found = f
		}
	}
	if found.Intent != OptOut {
		if f := l.sentences(t, tell); strictness(f.Intent) > strictness(found.Intent) {
			found = f
		}
	}
	if found.Intent == None {
		found = l.wordAndMore(t, tell)
	}
	if found.Intent == OptOut && len(t.Words) > maxWords {
		if tell != nil {
			tell(3, "length", fmt.Sprintf("%d words: too many for a request", len(t.Words)))
		}
		found.Intent, found.Reason, found.Tier = Unclear, ReasonVeryLong, 3
	}
	return found
}

// firstLine hears "STOP" with a name, a greeting or a signature of one's own below it.
func (l *Lexicon) firstLine(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	line, rest, more := strings.Cut(t.Own, "\n")
	if !more || len(line) > 64 || strings.TrimSpace(rest) == "" {
		return Finding{}
	}
	f, ok := l.words[keywords.Fold(line)]
	if !ok || f.Intent != OptOut {
		return Finding{}
	}
	if tell != nil {
		tell(2, "first line", f.Matched+" stands alone in it")
	}
	f.Keyword, f.Matched = f.Matched, strings.TrimSpace(line)
	f.Reason, f.Tier = ReasonFirstLine, 2
	if ambiguous[keywords.Fold(line)] {
		f.Intent, f.Tier = Unclear, 3
	}
	return f
}

// several reads texts of nothing but listed words: "STOP STOP", "help stop". The strictest counts: to text a person who
// asked to stop is the worse mistake.
func (l *Lexicon) several(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	var found Finding
	if len(t.Words) > mostWords {
		return found
	}
	for i := 0; i < len(t.Words); {
		if i > 0 && i < len(t.Words)-1 && joining[t.Words[i]] {
			i++
			continue
		}
		n := min(l.longest, len(t.Words)-i)
		f, ok := Finding{}, false
		for ; n > 0 && !ok; n-- {
			f, ok = l.words[strings.Join(t.Words[i:i+n], " ")]
		}
		if !ok {
			return Finding{}
		}
		if strictness(f.Intent) > strictness(found.Intent) {
			found = f
		}
		i += n + 1
	}
	if tell != nil {
		tell(2, "several words", "all are listed, "+found.Matched+" is the strictest")
	}
	found.Keyword, found.Matched = found.Matched, t.Written(0, len(t.Words))
	found.Reason, found.Tier = ReasonSeveralWords, tierOf(found.Intent)
	return found
}

// joining are words between listed words: "stop to end", "stop2quit".
var joining = map[string]bool{"to": true, "2": true, "and": true, "or": true, "=": true}

// homograph says whether a text was written with accents that make another word of a listed one. Folding takes accents
// off, because most people leave them out; who does write them means the word that they write.
func (l *Lexicon) homograph(t keywords.Text) bool {
	if !l.accents || !slices.ContainsFunc(t.Words, func(w string) bool { return homographs[w] != nil }) {
		return false
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(norm.NFKC.String(strings.Map(seen, t.Own))), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if written, ok := homographs[keywords.Fold(word)]; ok && !slices.Contains(written, word) {
			return true
		}
	}
	return false
}

// seen drops what nobody sees.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// homographs are, by the matching form of a listed word, the ways in which it is written. Đúng (right), đừng (do not) and
// dùng (use) fold to dừng (stop).
var homographs = map[string][]string{"dung": {"dung", "dừng"}}

func tierOf(i Intent) int {
	if i == Unclear {
		return 3
	}
	return 2
}

// wordAndMore takes a short text that begins with an opt-out word, in a language without a grammar, for unclear.
func (l *Lexicon) wordAndMore(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	if len(l.grammars) > 0 || !l.packs || len(t.Words) > fewWords {
		return Finding{}
	}
	f, ok := l.words[t.Words[0]]
	if !ok || f.Intent != OptOut || ambiguous[t.Words[0]] {
		return Finding{}
	}
	if tell != nil {
		tell(3, "word and more", f.Matched+" begins a short text")
	}
	return Finding{Intent: Unclear, Reason: ReasonWordAndMore, Tier: 3, Matched: t.Written(0, len(t.Words)), Keyword: f.Matched, Sources: f.Sources}
}

// ambiguous are listed words that also answer appointments and orders, or are common words: with anything beside them
// they are no request by themselves.
var ambiguous = map[string]bool{"cancel": true, "end": true, "quit": true, "remove": true, "td": true, "info": true}

func hasLetter(folded string) bool {
	for _, r := range folded {
		if r >= utf8.RuneSelf || (r >= 'a' && r <= 'z') {
			return true
		}
	}
	return false
}
