package keywords

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the matching form of a keyword or a listed word. It is the form that [Clean] gives to a person's
// words, and the only form in which words may be compared:
//
//   - Unicode NFKC, so that full-width, circled and mathematical letters are plain ones;
//   - case folded, Turkish dotted İ and dotless ı to i, final sigma to sigma, ß to ss;
//   - accents off Latin, Greek and Cyrillic letters, but never the marks of scripts in which a mark is a letter;
//   - look-alike letters of other scripts made Latin inside a word that is otherwise Latin;
//   - zero-width characters, bidi controls, soft hyphens, variation selectors and skin tones gone;
//   - apostrophes inside a word gone ("don't" is "dont"), every other mark, dash or space a single space, so that
//     "opt-out" and "OPT OUT" are one phrase;
//   - outer punctuation gone, and outer emoji too where there are words besides.
//
// A keyword without a letter, digit or emoji folds to "".
func Fold(s string) string {
	folded, _ := fold(storable(beginning(s, MaxMatched)))
	return folded
}

// fold gives the matching form of a valid UTF-8 text, whole and as words. Outer emoji are left out.
func fold(s string) (string, []string) {
	if ascii(s) {
		folded := foldASCII(s)
		if folded == "" {
			return "", nil
		}
		return folded, strings.Split(folded, " ")
	}
	words, _ := trimEmoji(tokens(s))
	return strings.Join(words, " "), words
}

// tokens gives the words and emoji of a text in their matching form, outer emoji included.
func tokens(s string) []string {
	if ascii(s) {
		return strings.Fields(foldASCII(s))
	}
	var t tokenizer
	var it norm.Iter
	it.InitString(norm.NFKD, s)
	for !it.Done() && !t.full() {
		for seg := it.Next(); len(seg) > 0; {
			r, size := utf8.DecodeRune(seg)
			t.add(r)
			seg = seg[size:]
		}
	}
	t.endWord()
	return strings.Fields(string(norm.NFC.Bytes(t.out)))
}

// trimEmoji takes outer emoji off where words remain, and says how many it took from the front.
func trimEmoji(words []string) (kept []string, before int) {
	first, last := 0, len(words)
	for first < last && isEmojiWord(words[first]) {
		first++
	}
	if first == last {
		return words, 0
	}
	for isEmojiWord(words[last-1]) {
		last--
	}
	return words[first:last], first
}

func isEmojiWord(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return r >= utf8.RuneSelf && unicode.Is(unicode.So, r)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldASCII is the way of nearly every text in practice. It keeps to the rules of the tokenizer.
func foldASCII(s string) string {
	out := make([]byte, 0, len(s))
	gap, apostrophe := false, false
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case (c == '\'' || c == '`') && !gap && !apostrophe:
			apostrophe = true
			continue
		case c < ' ' && !asciiSpace(c) || c == 0x7f:
			continue
		default:
			gap = true
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, ' ')
		}
		out = append(out, c)
		gap, apostrophe = false, false
	}
	return string(out)
}

func asciiSpace(c byte) bool { return c >= '\t' && c <= '\r' }
