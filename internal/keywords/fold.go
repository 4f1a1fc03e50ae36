package keywords

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold gives the matching form of a keyword or a listed word. It is the form that [Clean] gives to a person's
// words, and the only form in which words may be compared:
//
//   - Unicode NFKC, so that full-width, circled and mathematical letters are plain ones;
//   - case folded, Turkish dotted İ and dotless ı to i, final sigma to sigma, ß to ss;
//   - accents off Latin, Greek and Cyrillic letters, points off Hebrew and Arabic and the dot off Devanagari ones,
//     but never the marks of scripts in which a mark is a letter;
//   - Arabic letters that are written for each other made one, the digits of any script made 0 to 9;
//   - look-alike letters of other scripts made Latin inside a word that is otherwise Latin, and Latin ones Cyrillic
//     or Greek inside a word that is otherwise that;
//   - zero-width characters, bidi controls, soft hyphens, tatweel, variation selectors and skin tones gone;
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
	folded, words := foldAll(s)
	kept, before := trimEmoji(words)
	if len(kept) == len(words) {
		return folded, words
	}
	from := 0
	for _, w := range words[:before] {
		from += len(w) + 1
	}
	to := len(folded)
	for _, w := range words[before+len(kept):] {
		to -= len(w) + 1
	}
	return folded[from:to], kept
}

// tokens gives the words and emoji of a text in their matching form, outer emoji included.
func tokens(s string) []string {
	_, words := foldAll(s)
	return words
}

// foldAll gives the matching form with outer emoji, whole and as words.
func foldAll(s string) (string, []string) {
	var folded string
	words := 0
	if ascii(s) {
		folded, words = foldASCII(s)
	} else {
		t := tokenizer{out: make([]byte, 0, len(s)+8)}
		t.read(s)
		folded, words = t.form(), t.words
	}
	if words == 0 {
		return "", nil
	}
	return folded, splitAt(folded, words)
}

// splitAt is strings.Split at each space when the number of words is known.
func splitAt(s string, words int) []string {
	split := make([]string, 0, words)
	for {
		space := strings.IndexByte(s, ' ')
		if space < 0 {
			return append(split, s)
		}
		split, s = append(split, s[:space]), s[space+1:]
	}
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

// foldASCII is the way of nearly every text in practice. It keeps to the rules of the tokenizer, and counts the
// words.
func foldASCII(s string) (folded string, words int) {
	out := make([]byte, 0, len(s))
	gap, apostrophe := true, false
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
		if gap {
			if words++; words > 1 {
				out = append(out, ' ')
			}
		}
		out = append(out, c)
		gap, apostrophe = false, false
	}
	return string(out), words
}

func asciiSpace(c byte) bool { return c >= '\t' && c <= '\r' }
