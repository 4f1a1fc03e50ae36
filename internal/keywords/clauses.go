package keywords

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clauses gives the person's own words split where a sentence mark or a new line stands between them, so that a
// phrase is not found across two sentences ("I can't. Stop by tomorrow"). All clauses, one after the other, are
// [Text.Words]; none is empty.
//
// A mark does not split inside a number ("3.30", "1,000"), after and inside letters with dots ("p.m.", "s.t.o.p"),
// and inside an address ("www.acme.example", "jo@acme.example", "acme.com"). A single letter alone does end a
// sentence: "thank u. stop".
func (t Text) Clauses() [][]string {
	if len(t.Words) == 0 {
		return nil
	}
	s := t.Own
	c := clauses{words: t.Words}
	for at, from, word := 0, 0, 0; at < len(s); {
		r, size := rune(s[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[at:])
		}
		switch {
		case splitsAlways(r):
			c.cut(t, s[from:at])
			from = at + size
		case splitsOften(r) && !c.partOfWord(s, word, at, size):
			c.cut(t, s[from:at])
			from = at + size
		}
		at += size
		if asciiBlank(r) {
			word = at
		}
	}
	if c.from < len(c.words) {
		c.found = append(c.found, c.words[c.from:])
	}
	return c.found
}

// outerEmoji is how many emoji stand before the first of Words. Nearly all texts begin with a letter, which tells
// without a second reading.
func (t Text) outerEmoji() int {
	first, _ := utf8.DecodeRuneInString(t.Own)
	if c := classOf(first); c == letter || c == number || ascii(t.Own) {
		return 0
	}
	_, before := trimEmoji(tokens(t.Own))
	return before
}

// clauses cuts words where it is told, by counting the words of the pieces between: folding a piece gives the same
// words as folding the whole.
type clauses struct {
	words []string // of the text
	begun bool     // a mark was met; until then nothing has to be counted
	skip  int      // emoji before the first of words that are still to be met
	from  int      // where the clause being read begins
	found [][]string
	count tokenizer // counts; kept for the room it has

	addressFrom, addressTo int // the last word that was looked at for being an address
	address                bool
}

// cut ends a clause behind the words of a piece.
func (c *clauses) cut(t Text, piece string) {
	if !c.begun {
		c.skip, c.begun = t.outerEmoji(), true
	}
	words := c.countWords(piece)
	if c.skip > 0 {
		skipped := min(c.skip, words)
		c.skip, words = c.skip-skipped, words-skipped
	}
	to := min(c.from+words, len(c.words))
	if to == c.from {
		return
	}
	if c.found == nil {
		c.found = make([][]string, 0, 4)
	}
	c.found = append(c.found, c.words[c.from:to:to])
	c.from = to
}

func (c *clauses) countWords(piece string) int {
	if ascii(piece) {
		return countASCII(piece)
	}
	c.count = tokenizer{out: slices.Grow(c.count.out[:0], len(piece)+8)}
	c.count.read(piece)
	return c.count.words
}

// countASCII counts the words that foldASCII makes.
func countASCII(s string) (words int) {
	gap, waits := true, false
	for i := range len(s) {
		switch classOfASCII(s[i]) {
		case letter, number:
			if gap {
				words++
			}
			gap, waits = false, false
		case apostrophe:
			gap, waits = gap || waits, true
		case invisible:
		default:
			gap = true
		}
	}
	return words
}

// splitsAlways knows the marks that end a clause wherever they stand. They are punctuation or blanks to Unicode, so
// they part words as well.
func splitsAlways(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '!' || r == '?' || r == ';' || r == '\n' || r == '\r' || r == '\f' || r == '\v'
	}
	switch r {
	case '\u0085', '\u2028', '\u2029', // line breaks
		'…', '‼', '‽', '⁇', '⁈', '⁉', '¿', '¡', // Latin
		'。', '！', '？', '；', '、', '｡', '､', '︒', '︕', '︖', // Chinese, Japanese, Korean
		'،', '؛', '؟', '۔', // Arabic, Urdu
		'।', '॥', // Devanagari, Bengali and their neighbours
		'\u037E', '\u0387', // the Greek question mark and semicolon
		'։', '՝', '።', '፣', '፤', '၊', '။', '។', '៕': // Armenian, Ethiopic, Burmese, Khmer
		return true
	}
	return false
}

// splitsOften knows the marks that numbers, abbreviations and addresses hold as well.
func splitsOften(r rune) bool {
	return r == '.' || r == ',' || r == ':' || r == '．' || r == '，' || r == '：'
}

// partOfWord says whether the mark of a size at a place belongs to the word it stands in, which begins at word.
func (c *clauses) partOfWord(s string, word, at, size int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[word:at])
	after, _ := utf8.DecodeRuneInString(s[at+size:])
	if at == word || at+size == len(s) {
		after = ' '
	}
	if isNumber(before) && isNumber(after) {
		return true
	}
	if s[at] == '.' && dotted(s[word:at], s[at+1:]) {
		return true
	}
	return !unicode.IsSpace(after) && c.inAddress(s, word, at)
}

func isNumber(r rune) bool { return r != utf8.RuneError && classOf(r) == number }

// dotted says whether a dot is one of several that set off single letters: what is before it in its word ends in
// one, and another one follows at once or has come with a dot before it.
func dotted(before, after string) bool {
	l, size := utf8.DecodeLastRuneInString(before)
	if classOf(l) != letter {
		return false
	}
	p, _ := utf8.DecodeLastRuneInString(before[:len(before)-size])
	switch {
	case size == len(before):
	case p == '.':
		return true
	case classOf(p) != number && classOf(p) != separator: // "3p.m." and "(p.m.)" count
		return false
	}
	n, size := utf8.DecodeRuneInString(after)
	if after == "" || classOf(n) != letter {
		return false
	}
	n, _ = utf8.DecodeRuneInString(after[size:])
	return size == len(after) || classOf(n) == separator
}

// inAddress says whether the word is one of the web or of mail. Each word is looked at once.
func (c *clauses) inAddress(s string, word, at int) bool {
	if c.addressTo == 0 || c.addressFrom != word {
		end := strings.IndexAny(s[at:], " \t\r\n")
		if end < 0 {
			end = len(s) - at
		}
		c.addressFrom, c.addressTo = word, at+end
		c.address = isAddress(s[word:c.addressTo])
	}
	return c.address
}

// isAddress knows the addresses of mail, those of the web that say so, and domains of the oldest kinds. Others are
// too like two sentences without a blank between ("ok.stop").
func isAddress(word string) bool {
	if strings.Contains(word, "@") || strings.Contains(word, "://") || len(word) > 4 && asciiFold(word[:4], "www.") {
		return true
	}
	for rest := word; ; {
		_, after, found := strings.Cut(rest, ".")
		if !found {
			return false
		}
		if len(after) >= 3 && (len(after) == 3 || classOf(rune(after[3])) == separator) {
			for _, domain := range [...]string{"com", "org", "net", "gov", "edu"} {
				if asciiFold(after[:3], domain) {
					return true
				}
			}
		}
		rest = after
	}
}

// asciiFold compares with a word of small ASCII letters without regard to case.
func asciiFold(s, small string) bool {
	for i := range len(s) {
		if s[i]|0x20 != small[i] {
			return false
		}
	}
	return true
}

func asciiBlank(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }
