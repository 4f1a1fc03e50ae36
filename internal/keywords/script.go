package keywords

// script is what a letter's accents and look-alikes depend on. The values are bits, so that a word can tell which
// scripts its letters are of.
type script byte

const (
	latin script = 1 << iota
	greek
	cyrillic
	otherScript script = 0
)

// scriptOf goes by the blocks of Unicode, which is enough for what is asked and much faster than its tables.
func scriptOf(r rune) script {
	switch {
	case r < 0x02B0, r >= 0x1D00 && r <= 0x1DBF, r >= 0x1E00 && r <= 0x1EFF, r >= 0x2C60 && r <= 0x2C7F,
		r >= 0xA720 && r <= 0xA7FF, r >= 0xAB30 && r <= 0xAB6F:
		return latin
	case r >= 0x0370 && r <= 0x03FF, r >= 0x1F00 && r <= 0x1FFF:
		return greek
	case r >= 0x0400 && r <= 0x052F, r >= 0x1C80 && r <= 0x1C8F, r >= 0x2DE0 && r <= 0x2DFF,
		r >= 0xA640 && r <= 0xA69F:
		return cyrillic
	}
	return otherScript
}

// hasNoCase says of the large scripts between Hebrew and Burmese, and of East Asia, that their letters have no
// case, which spares most texts in them the search of a table.
func hasNoCase(r rune) bool {
	return r >= 0x0590 && r < 0x10A0 || r >= 0x2E80 && r < 0xA640 || r >= 0xAC00 && r < 0xD800
}

// isAccent knows the marks that sit on Latin, Greek and Cyrillic letters: combining diacritics of all blocks, the
// half marks, and the letters that old Cyrillic writes above others.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r >= 0x0483 && r <= 0x0487 || r >= 0x1AB0 && r <= 0x1AFF ||
		r >= 0x1DC0 && r <= 0x1DFF || r >= 0x20D0 && r <= 0x20F0 || r >= 0x2DE0 && r <= 0x2DFF ||
		r >= 0xA66F && r <= 0xA67D || r >= 0xFE20 && r <= 0xFE2F
}
