package sms

import "strings"

// Phone is the number of a contact, the person on the other side, in E.164 with its plus sign.
//
// AWS writes the same person as +14255550105 in one payload and 14255550105 in another (RCS events), so every
// number that enters heed goes through [ParsePhone] once and is compared as is from then on.
type Phone string

// minE164 is the fewest digits that are read as an E.164 number without its plus. Anything shorter is a short
// code, which has no country code and keeps its form.
const minE164 = 7

// ParsePhone brings a contact's number into the one form heed keeps. It drops the spaces, dots, dashes and
// brackets that people and exports write, and adds the plus that RCS payloads leave off. What is not a number at
// all (an alphanumeric sender) is kept as it came, trimmed: losing it would lose the text that it sent.
func ParsePhone(s string) Phone { return Phone(canonical(s, minE164)) }

// Dialable says whether a text can be sent to this number: plus, then up to 19 digits, the first not zero
// (API_SendTextMessage, DestinationPhoneNumber). AWS would take as few as two; no country has numbers that short.
func (p Phone) Dialable() bool {
	digits, ok := strings.CutPrefix(string(p), "+")
	return ok && len(digits) >= minE164 && len(digits) <= 19 && digits[0] != '0' && allDigits(digits)
}

// ShortNumeric says whether the other side is a short code, which is a machine: automatic answers to machines
// make loops.
func (p Phone) ShortNumeric() bool { return p != "" && allDigits(string(p)) }

// Masked is the only form of a number that may reach a log: its last four digits.
func (p Phone) Masked() string { return mask(string(p)) }

// String is the full number. For logs use [Phone.Masked].
func (p Phone) String() string { return string(p) }

// Identity is our side of a conversation: a phone number, short code, pool id, sender id or RCS agent id. AWS
// calls it the origination identity.
type Identity string

// minIdentityE164 is higher than for contacts: short codes of up to eight digits exist, and ours must keep the
// form under which AWS knows them.
const minIdentityE164 = 9

// ParseIdentity brings one of our identities into the one form heed keeps: numbers in E.164 with a plus, ids and
// sender names as they came.
func ParseIdentity(s string) Identity { return Identity(canonical(s, minIdentityE164)) }

// IsRCSAgent says whether the identity is an RCS agent (rcs- and 32 hex digits).
func (i Identity) IsRCSAgent() bool { return strings.HasPrefix(string(i), "rcs-") }

// IsPool says whether the identity is the id of a pool.
func (i Identity) IsPool() bool { return strings.HasPrefix(string(i), "pool-") }

// IsPhoneNumberID says whether the identity is AWS's id of a phone number, not the number itself.
func (i Identity) IsPhoneNumberID() bool { return strings.HasPrefix(string(i), "phone-") }

// IsUSTollFree says whether the identity is a North American toll-free number. There the carrier network itself
// answers STOP and START, and a second confirmation would be one too many (AWS keywords-required).
func (i Identity) IsUSTollFree() bool {
	n := string(i)
	if len(n) != len("+18005550100") || !strings.HasPrefix(n, "+1") {
		return false
	}
	switch n[2:5] {
	case "800", "833", "844", "855", "866", "877", "888":
		return true
	}
	return false
}

// IsCanadian says whether the identity may be a Canadian number. It is used for advice only: +1 does not tell the
// two countries apart without the area code.
func (i Identity) IsCanadian() bool {
	n := string(i)
	return len(n) == len("+14165550100") && strings.HasPrefix(n, "+1") && canadianAreaCodes[n[2:5]]
}

// Masked is the form of an identity for logs. Ids and names are not personal and stay whole.
func (i Identity) Masked() string {
	if strings.HasPrefix(string(i), "+") {
		return mask(string(i))
	}
	return string(i)
}

// String is the full identity.
func (i Identity) String() string { return string(i) }

func canonical(s string, fewest int) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '+' && allDigits(s[1:]) {
		return s // nearly all of them
	}
	var digits strings.Builder
	plus := false
	for n, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && n == 0:
			plus = true
		case r == ' ' || r == '\u00a0' || r == '-' || r == '.' || r == '(' || r == ')':
		default:
			return s
		}
	}
	d := digits.String()
	switch {
	case d == "":
		return s
	case plus, len(d) >= fewest:
		return "+" + d
	}
	return d
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func mask(s string) string {
	const kept = 4
	runes := []rune(s) // what is not a number may be any text
	if len(runes) <= kept {
		return "****"
	}
	return "***" + string(runes[len(runes)-kept:])
}

// canadianAreaCodes are the area codes of the North American Numbering Plan that Canada uses
// (Canadian Numbering Administrator, codes in service).
var canadianAreaCodes = map[string]bool{
	"204": true, "226": true, "236": true, "249": true, "250": true, "257": true, "263": true, "289": true,
	"306": true, "343": true, "354": true, "365": true, "367": true, "368": true, "382": true, "387": true,
	"403": true, "416": true, "418": true, "428": true, "431": true, "437": true, "438": true, "450": true,
	"468": true, "474": true, "506": true, "514": true, "519": true, "548": true, "579": true, "581": true,
	"584": true, "587": true, "604": true, "613": true, "639": true, "647": true, "672": true, "683": true,
	"705": true, "709": true, "742": true, "753": true, "778": true, "780": true, "782": true, "807": true,
	"819": true, "825": true, "867": true, "873": true, "879": true, "902": true, "905": true, "942": true,
}
