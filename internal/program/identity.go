package program

import (
	"strings"

	"github.com/heedsms/heed/internal/sms"
)

// identityKind is what an identity of the file is to AWS.
type identityKind int

const (
	badIdentity   identityKind = iota
	e164                       // +12065550100
	shortCode                  // 24680
	phoneNumberID              // phone-…: AWS's id of a number
	poolID                     // pool-…
	rcsAgentID                 // rcs-…
	senderID                   // ACME: can send and cannot be texted
)

func kindOf(id sms.Identity) identityKind {
	s := string(id)
	switch {
	case strings.HasPrefix(s, "+"):
		if sms.Phone(s).Dialable() {
			return e164
		}
	case sms.Phone(s).ShortNumeric():
		if len(s) >= 3 && len(s) <= 8 {
			return shortCode
		}
	case !only(s, alphanumerics+"-_"):
	case id.IsPhoneNumberID():
		return phoneNumberID
	case id.IsPool():
		return poolID
	case id.IsRCSAgent():
		return rcsAgentID
	case len(s) >= 1 && len(s) <= 11:
		return senderID
	}
	return badIdentity
}

// receives says whether people can text the identity itself, so that it stands in a payload of AWS.
func (k identityKind) receives() bool { return k == e164 || k == shortCode || k == rcsAgentID }

// stands says whether the identity stands for numbers that the file has to name.
func (k identityKind) stands() bool { return k == poolID || k == phoneNumberID }

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func only(s, allowed string) bool { return strings.Trim(s, allowed) == "" }
