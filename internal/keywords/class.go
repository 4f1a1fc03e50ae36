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
	if c, ok := classOfBlock(r); ok {
		return c
	}
	return classOfRest(r)
}

// classOfBlock spares the characters of most texts the search of Unicode's tables: stretches in which all
// characters are of one class. A test holds it to what classOfRest says.
func classOfBlock(r rune) (class, bool) {
	switch {
	case r >= 0x0400 && r <= 0x0481, r >= 0x048A && r <= 0x052F, r >= 0x05D0 && r <= 0x05EA,
		r >= 0x0620 && r <= 0x063F, r >= 0x0641 && r <= 0x064A, r >= 0x0904 && r <= 0x0939,
		r >= 0x0E01 && r <= 0x0E30, r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA,
		r >= 0x30FC && r <= 0x30FE, r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return letter, true
	case r >= 0x0300 && r <= 0x034E, r >= 0x0E34 && r <= 0x0E3A, r == 0x3099 || r == 0x309A:
		return mark, true
	case r >= 0x2010 && r <= 0x2017, r >= 0x201A && r <= 0x2027 && r != 0x201B, r >= 0x3001 && r <= 0x3003,
		r >= 0x3008 && r <= 0x3011:
		return separator, true
	case r >= 0x1F300 && r <= 0x1F3FA, r >= 0x1F400 && r <= 0x1F64F, r >= 0x1F900 && r <= 0x1F9FF:
		return emoji, true
	}
	return 0, false
}

func classOfRest(r rune) class {
	switch {
	case isApostrophe(r):
		return apostrophe
	case isFiller(r), isPoint(r):
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
	if _, ok := bracketedLetter(r); ok {
		return letter
	}
	return emoji
}

// isApostrophe knows what keyboards write for an apostrophe. U+02BC and U+02BB are letters to Unicode; the acute
// accent ´ stands beside the ß of a German keyboard; the geresh makes foreign sounds of Hebrew letters.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u00B4', '\u2018', '\u2019', '\u201B', '\u2032', '\u02B9', '\u02BB', '\u02BC', '\u055A', '\u05F3',
		'\uA78B', '\uA78C', '\uFF07':
		return true
	}
	return false
}

// isInvisible knows the characters that show nothing, or only change how their neighbour looks: format characters
// (zero-width, bidi, BOM, soft hyphen, emoji tags), controls, enclosing marks (a keycap 1 is a 1), variation
// selectors, skin tones, the fillers of Hangul and Khmer, and what Unicode keeps for more of the kind
// (Default_Ignorable_Code_Point in DerivedCoreProperties.txt).
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
	case r >= 0x180B && r <= 0x180F, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF:
		return true
	case r == 0x2065, r >= 0xFFF0 && r <= 0xFFF8:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Me)
}

// isFiller knows the letters and marks that show nothing: the joiner of graphemes, the fillers of Hangul and
// Khmer, and the tatweel that stretches an Arabic word.
func isFiller(r rune) bool {
	switch r {
	case 0x034F, 0x0640, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0:
		return true
	}
	return false
}

// isPoint knows the marks that tell how a word is read aloud and that most people leave out: the points and accents
// of Hebrew, the harakat and Koran marks of Arabic, and the dot under a Devanagari letter (nukta). In Bengali and
// Gurmukhi the same dot makes another letter and stays, as do all marks of Thai, Lao, Khmer and Burmese.
func isPoint(r rune) bool {
	switch {
	case r < 0x0591 || r > 0x093C:
		return r == 0xFB1E
	case r <= 0x05C7:
		return r != 0x05BE && r != 0x05C0 && r != 0x05C3 && r != 0x05C6 // these are punctuation
	case r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F && r != hamzaAbove, r == 0x0670:
		return true
	case r >= 0x06D6 && r <= 0x06ED:
		return unicode.Is(unicode.Mn, r)
	case r >= 0x08CA && r <= 0x08FF:
		return unicode.Is(unicode.Mn, r)
	}
	return r == 0x093C
}
