package program

import "strings"

// The encodings of a message, as AWS names them in delivery events (messageEncoding). Those compare without
// regard to case.
const (
	EncodingGSM     = "GSM"     // GSM 03.38, seven bits a character
	EncodingUnicode = "Unicode" // UCS-2, sixteen bits a unit
)

// How much one message holds, alone and as part of several (140 bytes less a header of six).
const (
	gsmSingle, gsmPart         = 160, 153 // septets
	unicodeSingle, unicodePart = 70, 67   // UTF-16 units
)

// gsmBasic is the basic alphabet of GSM 03.38: one septet each.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// gsmExtension are the characters behind an escape: two septets each. The standard has form feed too; AWS's page
// does not list it, so it counts as foreign here, which errs to the dearer side.
const gsmExtension = "^{}\\[~]|€"

// Parts counts the message parts that a text is sent and billed as, by the rules of AWS (sms-limitations,
// character limits), and names the encoding that AWS will choose for it. forced are the characters that force
// Unicode, each once, in order of appearance. An empty text has no parts.
func Parts(text string) (parts int, encoding string, forced []rune) {
	for _, r := range text {
		if !inGSM(r) && !strings.ContainsRune(string(forced), r) {
			forced = append(forced, r)
		}
	}
	if len(forced) > 0 {
		return pack(text, unicodeUnits, unicodeSingle, unicodePart), EncodingUnicode, forced
	}
	return pack(text, septets, gsmSingle, gsmPart), EncodingGSM, nil
}

// pack counts parts. A character of two units is never split over two parts, so a part may end one unit early.
func pack(text string, cost func(rune) int, single, part int) int {
	total, parts, used := 0, 1, 0
	for _, r := range text {
		c := cost(r)
		total += c
		if used+c > part {
			parts, used = parts+1, 0
		}
		used += c
	}
	switch {
	case total == 0:
		return 0
	case total <= single:
		return 1
	}
	return parts
}

func inGSM(r rune) bool {
	return r >= 'a' && r <= 'z' || strings.ContainsRune(gsmBasic, r) || strings.ContainsRune(gsmExtension, r)
}

func septets(r rune) int {
	if strings.ContainsRune(gsmExtension, r) {
		return 2
	}
	return 1
}

func unicodeUnits(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
