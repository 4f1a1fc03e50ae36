package optout

import (
	"maps"
	"slices"
	"strings"

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

// languages are those with a grammar.
func languages() []language {
	return []language{english(), spanish(), french(), german(), portuguese()}
}
