package keywords

// hamzaAbove is the only Arabic mark that can make another letter (و is not ؤ); on an alef it goes, since people
// write أ and ا for each other.
const hamzaAbove = 0x0654

const alef = 'ا'

// plainArabic gives one letter for those that people write for each other, by keyboard or by habit: the alefs; the
// final ى of Egypt and the Persian and Urdu ی for ي; the Persian ک for ك; ة for ه. It is what search engines do to
// Arabic (Lucene's ArabicNormalizer and PersianNormalizer) and RapidPro's goflow to keywords (arabic_variants).
// The alefs with hamza or madda need no row: they decompose, and their mark goes.
func plainArabic(r rune) rune {
	switch r {
	case 'ٱ', 'ٲ', 'ٳ', 'ٵ':
		return alef
	case 'ى', 'ی':
		return 'ي'
	case 'ک':
		return 'ك'
	case 'ة':
		return 'ه'
	}
	return r
}
