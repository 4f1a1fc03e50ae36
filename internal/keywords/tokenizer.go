package keywords

import (
	"unicode"
	"unicode/utf8"
)

// tokenizer builds the matching form of a text from its NFKD characters, one at a time, so that a hostile text
// costs one pass and no more room than [MaxMatched].
type tokenizer struct {
	out  []byte // words in matching form, one space between
	word int    // where the word being built begins in out
	open bool   // a word is being built

	apostrophe bool // an apostrophe waits: a letter after it joins, anything else parts
	accents    bool // the last letter is of a script whose accents are folded
	marks      int  // marks kept on the last letter
	latin      bool // the word has a Latin letter
	foreign    bool // the word has a Cyrillic or Greek letter
}

// maxMarks is how many marks one letter may carry. No orthography needs as many; texts that pile up hundreds
// would otherwise be read differently a second time, since normalisation itself breaks up such piles.
const maxMarks = 8

func (t *tokenizer) full() bool { return len(t.out) >= MaxMatched-64 }

func (t *tokenizer) add(r rune) {
	switch classOf(r) {
	case letter:
		t.addLetter(r)
	case number:
		t.addNumber(r)
	case mark:
		t.addMark(r)
	case emoji:
		t.endWord()
		t.beginWord()
		t.out = utf8.AppendRune(t.out, r)
		t.endWord()
	case apostrophe:
		if !t.open || t.apostrophe {
			t.endWord()
			return
		}
		t.apostrophe = true
	case separator:
		t.endWord()
	case invisible:
	}
}

func (t *tokenizer) addLetter(r rune) {
	if !t.open {
		t.beginWord()
	}
	t.apostrophe, t.marks = false, 0
	r = lower(r)
	s := scriptOf(r)
	t.accents = s != otherScript
	t.latin = t.latin || s == latin
	t.foreign = t.foreign || s == greekOrCyrillic
	if r >= utf8.RuneSelf && s == latin {
		if plainLetters, ok := strokeLetters[r]; ok {
			t.out = append(t.out, plainLetters...)
			return
		}
	}
	t.out = utf8.AppendRune(t.out, r)
}

func (t *tokenizer) addNumber(r rune) {
	if !t.open {
		t.beginWord()
	}
	// An accent on a digit is noise, as on a Latin letter.
	t.apostrophe, t.marks, t.accents = false, 0, true
	t.out = utf8.AppendRune(t.out, digit(r))
}

// addMark keeps a mark that is part of a word and drops accents. A mark without a letter before it is noise.
func (t *tokenizer) addMark(r rune) {
	if !t.open || t.apostrophe || t.marks == maxMarks {
		return
	}
	if t.accents && r >= 0x0300 && r <= 0x036F {
		return
	}
	t.out = utf8.AppendRune(t.out, r)
	t.marks++
}

func (t *tokenizer) beginWord() {
	if len(t.out) > 0 {
		t.out = append(t.out, ' ')
	}
	t.word, t.open = len(t.out), true
	t.latin, t.foreign, t.accents, t.apostrophe, t.marks = false, false, false, false, 0
}

func (t *tokenizer) endWord() {
	if !t.open {
		return
	}
	if t.latin && t.foreign {
		t.out = appendLatinised(t.out[:t.word], string(t.out[t.word:]))
	}
	t.open, t.apostrophe = false, false
}

// lower folds the case of one NFKD character.
func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	if hasNoCase(r) {
		return r
	}
	if letter, ok := boxedLetter(r); ok {
		return letter
	}
	r = unicode.ToLower(r)
	if r == 'ς' {
		return 'σ'
	}
	return r
}

// digit gives the ASCII digit of a decimal digit of any script: a person answers a menu with the digits of their
// keyboard. Unicode allots them in runs of ten that begin with the zero. Other numbers stay.
func digit(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	return r
}
