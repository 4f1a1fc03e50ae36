package keywords

import "unicode/utf8"

// lookAlikes are the Cyrillic and Greek small letters whose small or capital shape is that of a Latin letter, from
// confusables.txt of Unicode UTS #39, version 17.0.0. The rows between Latin and these two scripts are here, except
// those that hold for the small shape only and that honest words are full of (г and r, ш and w, σ and o).
// Mathematical, full-width, circled and squared letters need no table: NFKC has them.
//
// Case is folded before, so one letter stands for both its shapes: в is here for В, which is B.
var lookAlikes = map[rune]byte{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'ԍ': 'g', 'һ': 'h', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l',
	'м': 'm', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y', 'ү': 'y',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'h', 'ι': 'i', 'ϳ': 'j', 'κ': 'k', 'μ': 'm', 'ν': 'n', 'ο': 'o', 'ρ': 'p', 'τ': 't',
	'υ': 'y', 'γ': 'y', 'χ': 'x', 'ζ': 'z',
}

// cyrillicFor and greekFor are the same the other way, for a Latin letter that slipped into a word of the other
// script, which happens where a keyboard has both: the C, T and O of CTOП.
var (
	cyrillicFor = map[rune]rune{
		'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'i': 'і', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р',
		't': 'т', 'x': 'х', 'y': 'у',
	}
	greekFor = map[rune]rune{
		'a': 'α', 'b': 'β', 'e': 'ε', 'h': 'η', 'i': 'ι', 'k': 'κ', 'm': 'μ', 'n': 'ν', 'o': 'ο', 'p': 'ρ', 't': 'τ', 'v': 'ν',
		'x': 'χ', 'y': 'υ', 'z': 'ζ',
	}
)

// plainLatin are Latin letters that no decomposition makes plain. Some have a stroke or are a ligature, and people
// leave that out: a Turkish IPTAL comes as ıptal, a Polish one without its strokes. Others are the small capitals
// and turned shapes that programs for "fancy" writing put for plain letters: ꜱᴛᴏᴘ.
var plainLatin = map[rune]string{
	'ß': "ss", 'ı': "i", 'ł': "l", 'đ': "d", 'ð': "d", 'ħ': "h", 'ŧ': "t", 'ø': "o", 'æ': "ae", 'œ': "oe", 'þ': "th",
	'ᴀ': "a", 'ʙ': "b", 'ᴄ': "c", 'ᴅ': "d", 'ᴇ': "e", 'ꜰ': "f", 'ɢ': "g", 'ʜ': "h", 'ɪ': "i", 'ᴊ': "j", 'ᴋ': "k", 'ʟ': "l",
	'ᴍ': "m", 'ɴ': "n", 'ᴏ': "o", 'ᴘ': "p", 'ꞯ': "q", 'ʀ': "r", 'ꜱ': "s", 'ᴛ': "t", 'ᴜ': "u", 'ᴠ': "v", 'ᴡ': "w", 'ʏ': "y",
	'ᴢ': "z", 'ɑ': "a", 'ɡ': "g", 'ɩ': "i",
}

// appendUnmixed adds a word of Latin and other letters to dst in one script, if every letter that would have to
// change has a look-alike there. Latin is tried first. A word that cannot be of one script is honestly mixed and
// stays.
func appendUnmixed(dst []byte, word string) []byte {
	mixed, other := len(dst), otherScript
	for _, r := range word {
		s := scriptOf(r)
		if s == latin || s == otherScript {
			dst = utf8.AppendRune(dst, r)
		} else if l, ok := lookAlikes[r]; ok {
			dst = append(dst, l)
		} else {
			other |= s
		}
	}
	table := cyrillicFor
	switch other {
	case otherScript:
		return dst
	case greek:
		table = greekFor
	}
	dst = dst[:mixed]
	for _, r := range word {
		if s := scriptOf(r); s == latin && classOf(r) == letter {
			l, ok := table[r]
			if !ok {
				return append(dst[:mixed], word...)
			}
			r = l
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// LooksLatin gives the Latin word that a folded word of nothing but look-alike letters of other scripts looks like (ЅТОР).
// [Fold] leaves such a word alone, since it may be a word of its own language: it is for looking up only.
func LooksLatin(word string) (string, bool) {
	out := make([]byte, 0, len(word))
	for _, r := range word {
		l, ok := lookAlikes[r]
		if !ok {
			return "", false
		}
		out = append(out, l)
	}
	return string(out), len(out) > 0
}

// boxedLetter reads the white-on-black letters 🅐..🅩 and 🅰..🆉. To Unicode they are pictures without a
// decomposition; to a reader they are letters.
func boxedLetter(r rune) (rune, bool) {
	switch {
	case r >= 0x1F150 && r <= 0x1F169:
		return 'a' + r - 0x1F150, true
	case r >= 0x1F170 && r <= 0x1F189:
		return 'a' + r - 0x1F170, true
	}
	return 0, false
}

// bracketedLetter reads ⒜..⒵ and 🄐..🄩. NFKC makes brackets of them, and brackets part words; four in a row are a
// word to a reader.
func bracketedLetter(r rune) (rune, bool) {
	switch {
	case r >= 0x249C && r <= 0x24B5:
		return 'a' + r - 0x249C, true
	case r >= 0x1F110 && r <= 0x1F129:
		return 'a' + r - 0x1F110, true
	}
	return 0, false
}
