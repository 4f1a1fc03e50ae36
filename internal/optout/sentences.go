package optout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
)

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
