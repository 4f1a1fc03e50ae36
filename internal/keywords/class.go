package keywords

import (
	"unicode"
	"unicode/utf8"
)

// class is what a character does to a word.
type class byte

const (
	separator  class = iota // ends a word: white space, punctuation, dashes, quotes, signs
	letter                  // makes a word
	number                  // makes a word: digits and numbers of any script
	mark                    // belongs to the letter before it
	emoji                   // is a word of its own
	apostrophe              // joins two letters, else ends a word
	invisible               // is as if it were not there
)

func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return classOfASCII(byte(r))
	}
	switch {
	case isApostrophe(r):
		return apostrophe
	case isFiller(r):
		return invisible
	case unicode.IsLetter(r):
		return letter
	case isInvisible(r):
		return invisible
	case unicode.IsMark(r):
		return mark
	case unicode.IsNumber(r):
		return number
	case unicode.Is(unicode.So, r):
		return classOfSymbol(r)
	}
	return separator
}

func classOfASCII(c byte) class {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return letter
	case c >= '0' && c <= '9':
		return number
	case c == '\'', c == '`':
		return apostrophe
	case c < ' ' && !asciiSpace(c), c == 0x7f:
		return invisible
	}
	return separator
}

func classOfSymbol(r rune) class {
	switch r {
	case utf8.RuneError, '\uFFFC', '\u2800': // damage, an embedded object, the blank of Braille
		return separator
	}
	if _, ok := boxedLetter(r); ok {
		return letter
	}
	return emoji
}

// isApostrophe knows what keyboards write for an apostrophe. U+02BC and U+02BB are letters to Unicode.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u2018', '\u2019', '\u201B', '\u02BB', '\u02BC':
		return true
	}
	return false
}

// isInvisible knows the characters that show nothing, or only change how their neighbour looks: format characters
// (zero-width, bidi, BOM, soft hyphen, emoji tags), controls, enclosing marks (a keycap 1 is a 1), variation
// selectors, skin tones, and the fillers of Hangul and Khmer.
func isInvisible(r rune) bool {
	switch {
	case r < 0x80:
		return classOfASCII(byte(r)) == invisible
	case r == 0x85: // next line
		return false
	case r < 0xA0, r == 0x00AD:
		return true
	case r < 0x034F:
		return false
	}
	switch {
	case isFiller(r):
		return true
	case r >= 0x180B && r <= 0x180F, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Me)
}

// isFiller knows the letters and marks that show nothing: the joiner of graphemes and the fillers of Hangul and
// Khmer.
func isFiller(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0:
		return true
	}
	return false
}

// script is what a letter's accents and look-alikes depend on.
type script byte

const (
	otherScript script = iota
	latin
	greekOrCyrillic
)

// scriptOf goes by the blocks of Unicode, which is enough for what is asked and much faster than its tables.
func scriptOf(r rune) script {
	switch {
	case r < 0x02B0, r >= 0x1D00 && r <= 0x1DBF, r >= 0x1E00 && r <= 0x1EFF, r >= 0x2C60 && r <= 0x2C7F,
		r >= 0xA720 && r <= 0xA7FF, r >= 0xAB30 && r <= 0xAB6F:
		return latin
	case r >= 0x0370 && r <= 0x052F, r >= 0x1C80 && r <= 0x1C8F, r >= 0x1F00 && r <= 0x1FFF,
		r >= 0x2DE0 && r <= 0x2DFF, r >= 0xA640 && r <= 0xA69F:
		return greekOrCyrillic
	}
	return otherScript
}

// hasNoCase says of the large scripts between Hebrew and Burmese, and of East Asia, that their letters have no
// case, which spares most texts in them the search of a table.
func hasNoCase(r rune) bool {
	return r >= 0x0590 && r < 0x10A0 || r >= 0x2E80 && r < 0xA640 || r >= 0xAC00 && r < 0xD800
}
