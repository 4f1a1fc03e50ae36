package simulator

import (
	"strings"
	"unicode/utf16"
)

// How many SMS a text takes (page sms-limitations-character): 140 bytes a part, which hold 160 GSM 03.38 septets or 70
// UCS-2 units, or 153 and 67 where the text is split and each part carries a header.

const (
	gsmSingle, gsmSplit = 160, 153
	ucsSingle, ucsSplit = 70, 67
	// Longer texts are not sent: they end as TEXT_INVALID_MESSAGE.
	gsmMost, ucsMost = 1530, 630
)

// gsmBasic is the basic alphabet of GSM 03.38 but for letters and digits of ASCII; gsmExtended costs two septets.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà" +
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	gsmExtended = `^{}\[]~|€`
)

type partCount struct {
	parts   int
	unicode bool
	tooLong bool
}

// countParts counts the parts of a text. One character outside GSM 03.38 makes the whole text UCS-2. A character of two
// units (an extension pair, a surrogate pair) is never split over two parts, so the count can exceed units ÷ room.
func countParts(text string) partCount {
	var widths []int
	total := 0
	single, split, most := gsmSingle, gsmSplit, gsmMost
	unicode := !isGSM(text)
	if unicode {
		single, split, most = ucsSingle, ucsSplit, ucsMost
	}
	for _, r := range text {
		width := 1
		if unicode && utf16.RuneLen(r) == 2 || !unicode && strings.ContainsRune(gsmExtended, r) {
			width = 2
		}
		widths = append(widths, width)
		total += width
	}
	c := partCount{parts: 1, unicode: unicode, tooLong: total > most}
	if total <= single {
		return c
	}
	used := 0
	for _, width := range widths {
		if used+width > split {
			c.parts++
			used = 0
		}
		used += width
	}
	return c
}

func isGSM(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune(gsmBasic, r) && !strings.ContainsRune(gsmExtended, r) {
			return false
		}
	}
	return true
}
