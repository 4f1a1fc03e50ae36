package keywords

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tokenizer builds the matching form of a text from its NFKD characters, one at a time, so that a hostile text
// costs one pass and no more room than [MaxMatched].
type tokenizer struct {
	out   []byte // words in matching form, one space between
	words int    // begun so far
	word  int    // where the word being built begins in out
	open  bool   // a word is being built

	apostrophe bool   // an apostrophe waits: a letter after it joins, anything else parts
	accents    bool   // the last letter is of a script whose accents are folded
	alef       bool   // the last letter is one whose hamza is folded
	marks      int    // marks kept on the last letter
	scripts    script // of the word's letters
	composes   bool   // NFC may have something to put together: a mark was kept, or a part of a Hangul syllable
}

// maxMarks is how many marks one letter may carry. No orthography needs as many; texts that pile up hundreds
// would otherwise be read differently a second time, since normalisation itself breaks up such piles.
const maxMarks = 8

func (t *tokenizer) full() bool { return len(t.out) >= MaxMatched-64 }

// read takes in a text. Characters that no decomposition changes go in as they are; only runs of others are worth
// what normalisation costs, and it never looks further than such a run.
func (t *tokenizer) read(s string) {
	for at := 0; at < len(s) && !t.full(); {
		if c := s[at]; c < utf8.RuneSelf {
			t.add(rune(c))
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		if settled(r) {
			t.add(r)
			at += size
			continue
		}
		end := at + size
		for end < len(s) && end-at < MaxMatched {
			if r, size = utf8.DecodeRuneInString(s[end:]); settled(r) {
				break
			}
			end += size
		}
		t.decompose(s[at:end])
		at = end
	}
}

// settled says that a character stays as it is in NFKD and that no mark wanders over it. A syllable of Hangul would
// fall apart and is put together again at the end, so it counts. Apostrophes, marks of a sentence and letters in
// brackets are taken as written because their decomposition says less (´ is a space with an accent).
func settled(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return true
	case r >= 0x0430 && r <= 0x044F && r != 'й', r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3,
		r >= 0x2010 && r <= 0x2027, r >= 0x1F300 && r <= 0x1F64F, r >= 0x1F900 && r <= 0x1F9FF:
		return true
	case r == utf8.RuneError || isApostrophe(r):
		return true
	}
	if _, ok := bracketedLetter(r); ok {
		return true
	}
	var b [utf8.UTFMax]byte
	p := norm.NFKD.Properties(b[:utf8.EncodeRune(b[:], r)])
	return p.CCC() == 0 && p.Decomposition() == nil
}

func (t *tokenizer) decompose(s string) {
	var it norm.Iter
	it.InitString(norm.NFKD, s)
	for !it.Done() && !t.full() {
		for seg := it.Next(); len(seg) > 0; {
			r, size := utf8.DecodeRune(seg)
			t.add(r)
			seg = seg[size:]
		}
	}
}

func (t *tokenizer) add(r rune) {
	switch classOf(r) {
	case letter:
		t.addLetter(r)
	case number:
		t.addNumber(r)
	case mark:
		t.addMark(r)
	case emoji:
		t.addEmoji(r)
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
	t.accents, t.alef = s != otherScript, r == alef
	t.composes = t.composes || isJamo(r)
	t.scripts |= s
	if r >= utf8.RuneSelf && s == latin {
		if letters, ok := plainLatin[r]; ok {
			t.out = append(t.out, letters...)
			return
		}
	}
	t.out = utf8.AppendRune(t.out, r)
}

// form is what was built, in NFC.
func (t *tokenizer) form() string {
	t.endWord()
	if !t.composes {
		return string(t.out)
	}
	return string(norm.NFC.Bytes(t.out))
}

// isJamo knows the parts that Hangul syllables are made of.
func isJamo(r rune) bool { return r >= 0x1100 && r <= 0x11FF }

func (t *tokenizer) addNumber(r rune) {
	if !t.open {
		t.beginWord()
	}
	// An accent on a digit is noise, as on a Latin letter.
	t.apostrophe, t.marks, t.accents, t.alef = false, 0, true, false
	t.out = utf8.AppendRune(t.out, digit(r))
}

// addMark keeps a mark that is part of a word and drops accents. A mark without a letter before it is noise.
func (t *tokenizer) addMark(r rune) {
	if !t.open || t.apostrophe || t.marks == maxMarks {
		return
	}
	if t.accents && isAccent(r) || t.alef && r == hamzaAbove {
		return
	}
	t.out = utf8.AppendRune(t.out, r)
	t.composes = true
	t.marks++
}

func (t *tokenizer) addEmoji(r rune) {
	t.endWord()
	t.beginWord()
	t.out = utf8.AppendRune(t.out, r)
	t.endWord()
}

func (t *tokenizer) beginWord() {
	if len(t.out) > 0 {
		t.out = append(t.out, ' ')
	}
	t.words++
	t.word, t.open = len(t.out), true
	t.scripts, t.accents, t.alef, t.apostrophe, t.marks = otherScript, false, false, false, 0
}

func (t *tokenizer) endWord() {
	if !t.open {
		return
	}
	if t.scripts&latin != 0 && t.scripts != latin {
		t.out = appendUnmixed(t.out[:t.word], string(t.out[t.word:]))
	}
	t.open, t.apostrophe = false, false
}

// lower folds the case of one NFKD character.
func lower(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r >= 'а' && r <= 'я':
		return r
	case r >= 'А' && r <= 'Я':
		return r + ('а' - 'А')
	case hasNoCase(r):
		return plainArabic(r)
	}
	if l, ok := boxedLetter(r); ok {
		return l
	}
	if l, ok := bracketedLetter(r); ok {
		return l
	}
	// By way of the capital, so that letters with two small shapes have one: ς and σ, ᲃ and с.
	return unicode.ToLower(unicode.ToUpper(r))
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
