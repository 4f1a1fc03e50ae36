package keywords

import "unicode/utf8"

// lookAlikes are the Cyrillic and Greek small letters whose small or capital shape is that of a Latin letter. The
// idea is the confusables of Unicode UTS #39 (Security Mechanisms, section 4); its table is far longer and holds
// pairs that only a font makes alike. Mathematical, full-width and circled letters need no table: NFKC has them.
//
// Case is folded before, so one letter stands for both its shapes: в is here for В, which is B.
var lookAlikes = map[rune]byte{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l',
	'м': 'm', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'h', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'n', 'ο': 'o', 'ρ': 'p', 'τ': 't',
	'υ': 'y', 'χ': 'x', 'ζ': 'z',
}

// strokeLetters are Latin letters that people leave out or write plainly, and that no decomposition makes plain:
// a Turkish IPTAL comes as ıptal, a Polish one without its strokes.
var strokeLetters = map[rune]string{
	'ß': "ss", 'ı': "i", 'ł': "l", 'đ': "d", 'ð': "d", 'ħ': "h", 'ŧ': "t", 'ø': "o", 'æ': "ae", 'œ': "oe", 'þ': "th",
}

// appendLatinised adds a word of mixed scripts to dst, in Latin letters if every letter of its own script has a
// Latin look-alike. Otherwise the word is honestly mixed and stays.
func appendLatinised(dst []byte, word string) []byte {
	from := len(dst)
	for _, r := range word {
		latin, ok := lookAlikes[r]
		switch {
		case ok:
			dst = append(dst, latin)
		case scriptOf(r) == greekOrCyrillic:
			return append(dst[:from], word...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
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
