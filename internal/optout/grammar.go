package optout

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
)

// A language is how people ask for things in one language, as its file writes it down (grammar_en.go and so on).
//
// Words stand in classes; a reading is a sequence of classes. What may stand around a sequence is the same in every
// language and known to the engine: a "not" before it, somebody else as the subject, a condition behind it.
type language struct {
	locale string
	// ignored are words and phrases that change nothing about a request: politeness, impatience, swearing.
	ignored string
	// classes are named in capitals. A word may stand in several. The engine knows NOT, YOU, I, OTHER, IF, TELL,
	// ASKED and WHEN, THROUGH for what may stand between these and a request, and A for articles; see grammar.judge.
	classes map[string]string
	// readings are tried in order; the strictest verdict wins, of equal ones the first.
	readings []reading
	// commas part main clauses from what belongs to them ("Hören Sie auf, mir zu schreiben").
	commas bool
}

// reading is one way to say something.
type reading struct {
	name   string // the reason that a verdict gives
	intent Intent
	// patterns are sequences of classes (in capitals) and words, separated by blanks. "?" makes one optional, "*" lets
	// it repeat or lack, "!" is put before one that must not follow, "&" before one with a "please" in front of it, "_"
	// stands for any word in no class, "^" for the beginning of the clause and "$" for its end.
	patterns []string
	// alone: the reading holds only if the rest of the text says nothing else.
	alone bool
	// imperative: what is asked is asked of the reader, so with "I" before it it says something else.
	imperative bool
	// anyone: it may be about anybody, as in "John does not live here".
	anyone bool
	// overrides: where something was found it is looked for in the whole text, and decides: "stop calling, text me".
	overrides bool
	// open: what follows is another sentence, and no condition.
	open bool
}

// neutral is the intent of what people say beside a request without asking for anything: "who is this".
const neutral Intent = "neutral"

// grammar is a compiled language. It is read-only.
type grammar struct {
	locale  string
	bit     uint8 // in spoken.by
	words   map[string]lexeme
	starts  [][]*pattern // by the class or the word of the first element
	open    []*pattern   // that begin with any unknown word
	special struct{ not, you, i, other, when, cond, tell, asked, please, no, got, said, through, article, digits, to, ing int }
	commas  bool
	// overrides: some of its readings decide for the whole text.
	overrides bool
}

// lexeme is what a word may begin: itself, or phrases, longest first.
type lexeme struct {
	set     set
	word    int // its number if patterns name it, else 0
	phrases []phrase
}

type phrase struct {
	rest []string // behind the first word
	set  set
}

// set is the classes that a word stands in.
type set [2]uint64

// ignore is the class of words that change nothing.
const ignore = 0

func (s *set) add(class int)      { s[class/64] |= 1 << (class % 64) }
func (s *set) has(class int) bool { return s[class/64]&(1<<(class%64)) != 0 }

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

type pattern struct {
	reading     *reading
	order       int
	elements    []element
	needs       int  // tokens at least
	first, last bool // it begins, ends with the clause
}

type element struct {
	class            int // from firstWord on: the number of a word
	optional, repeat bool
	not              bool // the next token is none of these; takes nothing
	asked            bool // with a "please" before it
}

const (
	unknown   = -1  // the class of words in no class
	firstWord = 128 // numbers of words begin behind those of classes
)

// longestRun bounds what a repeated element takes: nobody puts more articles before a word.
const longestRun = 5

func (e element) takes(t *token) bool {
	switch {
	case e.asked && !t.asked:
		return false
	case e.class == unknown:
		return t.set == set{} && t.word == 0
	case e.class >= firstWord:
		return t.word == e.class
	}
	return t.set.has(e.class)
}

// compile makes the grammar of a language. A class that no list defines is a word.
func (l language) compile() *grammar {
	g := &grammar{locale: l.locale, commas: l.commas, words: make(map[string]lexeme), starts: make([][]*pattern, firstWord)}
	classes, numbers := map[string]int{"": ignore}, 0 // counted, never named
	class := func(name string) int {
		if name == "_" {
			return unknown
		}
		n, ok := classes[name]
		switch {
		case ok:
		case strings.ToLower(name) == name:
			n = firstWord + numbers
			numbers++
			lexeme := g.words[name]
			lexeme.word = n
			g.words[name] = lexeme
			classes[name] = n
		default:
			n = len(classes) - numbers
			classes[name] = n
		}
		return n
	}
	for _, word := range strings.Split(l.ignored, "|") {
		g.learn(word, ignore)
	}
	for _, name := range slices.Sorted(maps.Keys(l.classes)) {
		n := class(name)
		for _, word := range strings.Split(l.classes[name], "|") {
			g.learn(word, n)
		}
	}
	g.special.not, g.special.you, g.special.i, g.special.other = class("NOT"), class("YOU"), class("I"), class("OTHER")
	g.special.when, g.special.cond, g.special.asked = class("WHEN"), class("IF"), class("ASKED")
	g.special.please, g.special.no, g.special.got, g.special.said = class("ASKFOR"), class("NO"), class("GOT"), class("SAID")
	g.special.tell, g.special.through, g.special.article, g.special.digits = class("TELL"), class("THROUGH"), class("A"), class("NUM")
	g.special.to, g.special.ing = class("to"), class("ING")
	for order := range l.readings {
		for _, source := range l.readings[order].patterns {
			p := &pattern{reading: &l.readings[order], order: order}
			for _, e := range strings.Fields(source) {
				switch e {
				case "^":
					p.first = true
				case "$":
					p.last = true
				default:
					name := strings.Trim(e, "?*!&")
					p.elements = append(p.elements, element{
						class: class(name), optional: strings.ContainsAny(e, "?*"), repeat: strings.HasSuffix(e, "*"), not: e[0] == '!', asked: e[0] == '&',
					})
				}
			}
			for _, e := range p.elements {
				if !e.optional && !e.not {
					p.needs++
				}
			}
			g.begin(p)
			g.overrides = g.overrides || p.reading.overrides
		}
	}
	for _, l := range g.words {
		slices.SortStableFunc(l.phrases, func(a, b phrase) int { return len(b.rest) - len(a.rest) })
	}
	return g
}

// begin files a pattern under each class that it can begin with.
func (g *grammar) begin(p *pattern) {
	for _, e := range p.elements {
		if e.class == unknown {
			g.open = append(g.open, p)
			return
		}
		for e.class >= len(g.starts) {
			g.starts = append(g.starts, nil)
		}
		if !slices.Contains(g.starts[e.class], p) {
			g.starts[e.class] = append(g.starts[e.class], p)
		}
		if !e.optional {
			return
		}
	}
}

// learn puts a word or phrase into a class.
func (g *grammar) learn(text string, class int) {
	words := strings.Fields(keywords.Fold(text))
	if len(words) == 0 {
		return
	}
	l := g.words[words[0]]
	if len(words) == 1 {
		l.set.add(class)
		g.words[words[0]] = l
		return
	}
	at := slices.IndexFunc(l.phrases, func(p phrase) bool { return slices.Equal(p.rest, words[1:]) })
	if at < 0 {
		l.phrases = append(l.phrases, phrase{rest: words[1:]})
		at = len(l.phrases) - 1
	}
	l.phrases[at].set.add(class)
	g.words[words[0]] = l
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

// squeeze cuts runs of three and more of a letter down to so many: no word has them, people stretch words for emphasis.
func squeeze(word string, to int) string {
	out := make([]rune, 0, len(word))
	run := 0
	for _, r := range word {
		if len(out) == 0 || out[len(out)-1] != r {
			run = 0
		}
		if run++; run <= to || runAt(word, r) < 3 {
			out = append(out, r)
		}
	}
	return string(out)
}

// runAt is the longest run of a letter in a word.
func runAt(word string, letter rune) int {
	longest, run := 0, 0
	for _, r := range word {
		if run++; r != letter {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// longestStretched bounds, in bytes, what is taken for one word stretched for emphasis.
const longestStretched = 64

func stretched(word string) bool {
	if len(word) > longestStretched {
		return false
	}
	run, before := 0, rune(-1)
	for _, r := range word {
		if r == before {
			if run++; run == 3 {
				return true
			}
			continue
		}
		run, before = 1, r
	}
	return false
}
