package optout

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spoken is a word of a text, with the grammars that know it.
type spoken struct {
	text string
	by   uint8
}

// token is a word or phrase of a clause: its classes, its number, and where it stands in the clause.
type token struct {
	set      set
	word     int
	from, to int
	asked    bool // a "please" stands before it
}

// tokens reads a clause. Words that change nothing are left out; unknown ones stay, in no class.
func (g *grammar) tokens(words []spoken, into []token) []token {
	asked := false
	for i := 0; i < len(words); {
		var l lexeme
		ok := words[i].by&g.bit != 0
		if ok {
			l = g.words[words[i].text]
		}
		t := token{set: l.set, word: l.word, from: i, to: i + 1}
		for _, p := range l.phrases {
			if len(p.rest) < len(words)-i && p.follows(words[i+1:]) {
				t.set, t.word, t.to = p.set, 0, i+1+len(p.rest)
				break
			}
		}
		if i = t.to; !ok && !hasLetter(words[t.from].text) {
			t.set.add(g.special.digits)
		}
		if t.set == (set{}) && t.word == 0 && strings.HasSuffix(words[t.from].text, "ing") {
			t.set.add(g.special.ing)
		}
		if asked = asked || t.set.has(g.special.please); t.set.has(ignore) || isEmoji(words[t.from].text) {
			continue
		}
		t.asked, asked = asked, false
		into = append(into, t)
	}
	return into
}

// follows says whether the rest of a phrase comes next.
func (p phrase) follows(words []spoken) bool {
	for i, w := range p.rest {
		if words[i].text != w {
			return false
		}
	}
	return true
}

// isEmoji says whether a word is an emoji: beside words it is a mood.
func isEmoji(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r > 0x2000 && unicode.Is(unicode.So, r)
}

// utterance is what a clause was found to say.
type utterance struct {
	intent   Intent
	reason   string
	alone    bool   // holds only if nothing else is said
	written  string // what was matched, where it is not among the words
	from, to int    // words of the clause
}

// read gives the strictest of the readings of a clause that are wanted.
func (g *grammar) read(tokens []token, wanted func(*pattern) bool, why func(step, detail string)) utterance {
	var best utterance
	order := 0
	try := func(i int, patterns []*pattern) {
		for _, p := range patterns {
			if i+p.needs > len(tokens) || (p.first && i > 0) || !wanted(p) {
				continue
			}
			end := p.match(tokens, i)
			if end < 0 {
				continue
			}
			s := utterance{
				intent: p.reading.intent, reason: p.reading.name, alone: p.reading.alone, from: tokens[i].from, to: tokens[max(i, end-1)].to,
			}
			if !p.reading.overrides {
				if s = g.judge(s, p, tokens, i, end, why); s.intent == None {
					continue
				}
			}
			if best.reason == "" || cmp.Or(
				cmp.Compare(strictness(s.intent), strictness(best.intent)), cmp.Compare(order, p.order),
				cmp.Compare(s.to-s.from, best.to-best.from), cmp.Compare(best.from, s.from)) > 0 {
				best, order = s, p.order
			}
		}
	}
	for i := range tokens {
		for n, block := range tokens[i].set {
			for ; block != 0; block &= block - 1 {
				try(i, g.starts[n*64+bits.TrailingZeros64(block)])
			}
		}
		if tokens[i].set == (set{}) && tokens[i].word == 0 {
			try(i, g.open)
		}
		if word := tokens[i].word; word != 0 && word < len(g.starts) {
			try(i, g.starts[tokens[i].word])
		}
	}
	return best
}

// judge looks at what stands around a request. Readings that take the whole clause have nothing around them.
//
// A "not" before it turns it round ("don't stop texting me"); with "you" before the "not" it is a complaint ("you
// won't stop texting me"). Somebody else before it is who the text is about ("my ex won't stop texting me"). A
// condition before or behind it limits it ("stop texting me so early"): what is wanted is not clear.
func (g *grammar) judge(s utterance, p *pattern, tokens []token, from, to int, why func(step, detail string)) utterance {
	if s.intent == neutral || (p.first && p.last) {
		return s
	}
	tell := func(step, what string) {
		if why != nil {
			why(step, s.reason+": "+what)
		}
	}
	first := 0
	if from > 0 && tokens[from].asked && tokens[from-1].word != g.special.to {
		first = from // "please" begins anew: "I am not interested please stop"
	}
	reported := false
	for i := from - 1; i >= first && from-i <= 6; i-- {
		switch set := tokens[i].set; {
		case i == from-1 && tokens[from].set.has(g.special.no) && set.has(g.special.got):
			tell("report", "says that there is none")
			return utterance{}
		case i == from-1 && tokens[from].set.has(g.special.not) && set.has(g.special.you) && !p.reading.open:
			tell("report", "says what the sender does not do")
			return utterance{}
		case set.has(g.special.not):
			if s.intent == OptOut && i > 0 && tokens[i-1].set.has(g.special.you) {
				tell("complaint", "said of the sender, not asked")
				s.intent, s.reason = Unclear, "complaint"
				return s
			}
			tell("negation", "there is a \"not\" before it")
			return utterance{}
		case set.has(g.special.other) && !p.reading.anyone && !reported:
			tell("somebody else", "it is about another person")
			return utterance{}
		case set.has(g.special.asked):
			tell("question", "asks whether it is so")
			return utterance{}
		case i == from-1 && p.reading.imperative && (set.has(g.special.i) || (set.has(g.special.you) && tokens[from].set.has(g.special.not))):
			tell("about oneself", "the person says what is, and asks nothing")
			return utterance{}
		case s.intent == OptOut && (set.has(g.special.cond) || (set.has(g.special.tell) && !tokens[i+1].set.has(g.special.you))):
			tell("condition", "there is a condition before it, or somebody else to be told")
			s.intent, s.reason = Unclear, "condition"
			return s
		case !g.leadsOn(tokens, i, from):
			i = 0 // what stands before this belongs to something else
		}
		reported = i > 0 && tokens[i].set.has(g.special.said) // "my husband said stop texting me"
	}
	if to < len(tokens) && tokens[to].set.has(g.special.when) && s.intent == OptOut && !p.reading.open {
		tell("condition", "there is a condition behind it")
		s.intent, s.reason = Unclear, "condition"
	}
	return s
}

// leadsOn says whether what stands before a word may still belong to the request behind it.
func (g *grammar) leadsOn(tokens []token, i, from int) bool {
	set := tokens[i].set
	return set.has(g.special.through) || set.has(g.special.article) || set.has(g.special.you) || set.has(g.special.i) ||
		(i < from-1 && g.isNoun(tokens, i))
}

// isNoun says whether an unknown word has an article before it: "tell your driver to stop".
func (g *grammar) isNoun(tokens []token, i int) bool {
	return i > 0 && tokens[i].set == set{} && tokens[i].word == 0 && tokens[i-1].set.has(g.special.article)
}

// match gives the place behind the pattern when it stands at a place, or -1.
func (p *pattern) match(tokens []token, at int) int {
	return matchElements(p.elements, tokens, at, p.last)
}

func matchElements(elements []element, tokens []token, at int, last bool) int {
	for n, e := range elements {
		if e.not {
			if at < len(tokens) && e.takes(&tokens[at]) {
				return -1
			}
			continue
		}
		if !e.optional {
			if at == len(tokens) || !e.takes(&tokens[at]) {
				return -1
			}
			at++
			continue
		}
		// The longest run that lets the rest match.
		run := at
		for run < len(tokens) && run-at < longestRun && e.takes(&tokens[run]) && (e.repeat || run == at) {
			run++
		}
		for ; run >= at; run-- {
			if end := matchElements(elements[n+1:], tokens, run, last); end >= 0 {
				return end
			}
		}
		return -1
	}
	if last && at < len(tokens) {
		return -1
	}
	return at
}

// strictness orders what clauses say: to text a person who asked to stop is the worst mistake.
func strictness(i Intent) int {
	return slices.Index([]Intent{None, neutral, Help, OptIn, Unclear, OptOut}, i)
}
