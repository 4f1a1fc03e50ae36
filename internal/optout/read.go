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

// sentences reads the clauses of a text by the grammars.
func (l *Lexicon) sentences(t keywords.Text, tell func(tier int, step, detail string)) Finding {
	if len(t.Words) == 1 && !l.hears(t.Words[0]) || len(t.Words) > mostWords {
		return Finding{} // an operator's keyword, most often; or no sentences
	}
	if numbered := numberSign.Replace(t.Own + " "); strings.Count(t.Own, "#") == 1 && len(numbered) > len(t.Own)+1 {
		f := l.sentences(keywords.Clean(numbered), tell)
		if f.Intent != None {
			f.Matched = t.Own // the words as they are written
		}
		return f
	}
	s := sentences{lexicon: l, text: t, tell: tell}
	s.words, s.room = l.spoken(t.Words), make([]token, 0, len(t.Words))
	clauses := t.Clauses()
	clauses = clauses[:min(len(clauses), mostClauses)]
	at := 0
	for n, clause := range clauses {
		s.clause(clause, at, n > 0 && n == len(clauses)-1)
		at += len(clause)
	}
	if len(clauses) > 1 {
		s.together(clauses)
	}
	if s.best.intent == None && s.said == 0 && strings.Contains(t.Own, stopSign) {
		s.best = utterance{intent: OptOut, reason: ReasonWordAlone, to: len(t.Words), written: stopSign}
	}
	if s.best.alone && s.best.intent == OptOut && s.best.to == len(t.Words) && s.best.reason == ReasonWordAlone {
		s.said = 0 // the last sentence: "This is a child's phone. Stop."
	}
	s.best = s.best.among(s.said)
	if s.best.intent == OptOut || s.best.intent == Unclear {
		s.override()
	}
	return s.found()
}

// numberSign is how people write "number" in some countries: "wrong #". Folding would take it off.
var numberSign = strings.NewReplacer("# ", " number ", "#.", " number.", "#,", " number,", "#!", " number!", "#\n", " number\n")

// stopSign is listed; where words stand beside it, it is taken off with the other emoji.
const stopSign = "🛑"

func (l *Lexicon) hears(word string) bool {
	return l.known[word] != 0 || stretched(word)
}

// spoken looks the words of a text up, once for all grammars. Words that are stretched for emphasis are taken for what
// they are without it.
func (l *Lexicon) spoken(words []string) []spoken {
	into := make([]spoken, 0, len(words))
	for _, w := range words {
		by := l.known[w]
		if by == 0 && stretched(w) {
			for times := 1; times <= 2 && by == 0; times++ {
				if short := squeeze(w, times); l.known[short] != 0 {
					w, by = short, l.known[short]
				}
			}
		}
		into = append(into, spoken{w, by})
	}
	return into
}

// sentences is the reading of one text.
type sentences struct {
	lexicon *Lexicon
	text    keywords.Text
	tell    func(tier int, step, detail string)

	best   utterance
	locale string // of the grammar that gave best
	said   int    // clauses that say something else than any reading knows
	polite bool   // the clause before was a courtesy
	words  []spoken
	room   []token
}

func (s *sentences) why(g *grammar) func(step, detail string) {
	if s.tell == nil {
		return nil
	}
	return func(step, detail string) { s.tell(2, step, g.locale+": "+detail) }
}

// override looks for what turns a request round wherever it stands: "stop calling, text me".
func (s *sentences) override() {
	for _, g := range s.lexicon.grammars {
		if !g.overrides {
			continue
		}
		u := g.read(g.tokens(s.words, s.room), func(p *pattern) bool { return p.reading.overrides }, s.why(g))
		if u.reason != "" {
			if s.tell != nil {
				s.tell(2, "turned round", g.locale+": "+u.reason)
			}
			s.best, s.locale = u, g.locale
			return
		}
	}
}

// clause reads one clause in every language. A clause of nothing but courtesies says nothing; nor does a name at the end
// of a text, behind them.
func (s *sentences) clause(words []string, at int, last bool) {
	heard, courtesy := s.alone(words, words, at), false
	for _, g := range s.lexicon.grammars {
		tokens := g.tokens(s.words[at:at+len(words)], s.room)
		if len(tokens) == 0 {
			courtesy = true
			continue
		}
		if said := words[tokens[0].from:tokens[len(tokens)-1].to]; len(said) < len(words) && len(said) <= s.lexicon.longest {
			heard = s.alone(said, words, at) || heard
		}
		u := g.read(tokens, func(p *pattern) bool { return !p.reading.overrides }, s.why(g))
		heard = heard || u.intent != None
		s.take(u, at, g.locale)
	}
	signed := last && s.polite && len(words) <= 2
	if !heard && !courtesy && !signed {
		s.said++
	}
	s.polite = courtesy
}

// alone hears a listed opt-out word that is all a clause says but for courtesies around it.
func (s *sentences) alone(said, clause []string, at int) bool {
	if len(said) > s.lexicon.longest {
		return false
	}
	f, ok := s.lexicon.words[strings.Join(said, " ")]
	if listed, slip := "", false; !ok && len(said) == 1 && len(said) < len(clause) {
		if listed, slip = slipOf(said[0]); slip {
			f, ok = s.lexicon.words[listed]
		}
	}
	if !ok || f.Intent != OptOut {
		return false
	}
	u := utterance{intent: OptOut, reason: ReasonWordAlone, alone: true, to: len(clause)}
	if ambiguous[said[0]] {
		u.intent = Unclear
	}
	s.take(u, at, "")
	return true
}

// together reads all clauses as one: what takes up the whole text ("no, thanks"), everything where each clause is a word
// or two ("please... stop... texting... me"), and everything in languages whose commas do not part sentences.
func (s *sentences) together(clauses [][]string) {
	const few = 12
	if len(s.words) > few {
		return
	}
	short := !slices.ContainsFunc(clauses, func(c []string) bool { return len(c) > 2 })
	for _, g := range s.lexicon.grammars {
		tokens := g.tokens(s.words, s.room)
		if len(tokens) == 0 {
			continue
		}
		u := g.read(tokens, func(p *pattern) bool {
			return !p.reading.overrides && (short || g.commas || (p.first && p.last))
		}, s.why(g))
		if u.intent != None && u.from <= tokens[0].from && u.to >= tokens[len(tokens)-1].to {
			s.said, u.alone = 0, false
		}
		s.take(u, 0, g.locale)
	}
}

// take keeps the strictest.
func (s *sentences) take(u utterance, at int, locale string) {
	switch w, b := strictness(u.intent), strictness(s.best.intent); {
	case w < b, w == b && (!s.best.alone || u.alone):
		return
	}
	u.from, u.to = u.from+at, u.to+at
	s.best, s.locale = u, locale
}

func (s *sentences) found() Finding {
	if s.best.intent == None || s.best.intent == neutral {
		return Finding{}
	}
	f := Finding{
		Intent: s.best.intent, Reason: s.best.reason, Tier: tierOf(s.best.intent), Sources: []string{customary},
		Matched: s.text.Written(s.best.from, s.best.to), Keyword: s.best.reason,
	}
	if s.best.written != "" {
		f.Matched = s.best.written
	}
	if s.tell != nil {
		s.tell(f.Tier, "reading", fmt.Sprintf("%s in %q", strings.TrimPrefix(s.locale+": "+f.Reason, ": "), f.Matched))
	}
	return f
}

// among weakens a reading that holds only where nothing else is said, when other clauses say something: a bare "stop" in
// a longer text may be a request, a bare "help" or "sign me up" is none.
func (u utterance) among(said int) utterance {
	if !u.alone || said == 0 {
		return u
	}
	switch u.intent {
	case OptOut:
		u.intent = Unclear
	case Unclear, OptIn, Help:
		return utterance{}
	}
	return u
}

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

// languages are those with a grammar.
func languages() []language {
	return []language{english(), spanish(), french(), german(), portuguese()}
}
