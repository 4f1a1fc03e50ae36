package program

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// plainForms are what to write instead of the characters that word processors and phones put in by themselves.
var plainForms = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '“': `"`, '”': `"`, '„': `"`, '«': `"`, '»': `"`, '′': "'", '″': `"`,
	'–': "-", '—': "-", '‐': "-", '‑': "-", '−': "-", '…': "...", '•': "*", '·': ".", '\u00A0': " ", '\u2009': " ",
	'\u202F': " ", '\t': " ", '®': "(R)", '™': "TM", '©': "(C)", '×': "x", '´': "'", '`': "'", '→': "->", '½': "1/2",
}

// plainForm gives what to write instead of a character that is not in GSM 03.38, or "" if it can only be left out.
func plainForm(r rune) string {
	if s, ok := plainForms[r]; ok {
		return s
	}
	bare := strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036F {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	for _, b := range bare {
		if !inGSM(b) {
			return ""
		}
	}
	return bare
}
