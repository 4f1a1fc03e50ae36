package outbox

import (
	"cmp"
	"strings"
	"unicode/utf16"

	"github.com/heedsms/heed/internal/sms"
)

// ContextOf is what a reply carries through AWS: its own id and its program, the rule by which it answers, or else its
// purpose, and AWS's id of the text that it answers. AWS puts it into every delivery event of the message, so the events
// settle the reply whose answer was lost on the way, and say of themselves what they are of.
func ContextOf(a Action) map[string]string {
	entries := map[string]string{}
	text, _ := a.Answers()
	for key, value := range map[string]string{
		sms.ContextOutbox: a.ID, sms.ContextProgram: a.Program, sms.ContextRule: cmp.Or(a.Rule, string(a.Purpose)), sms.ContextInbound: text,
	} {
		if value = strings.TrimSpace(value); sendable(value) {
			entries[key] = value
		}
	}
	return entries
}

// sendable says whether AWS takes a value: 1 to 800 characters (API_SendTextMessage). A reply must not be refused for
// what it carries, and half an id is none: what does not fit is left out.
func sendable(value string) bool {
	const most = 800
	return value != "" && len(utf16.Encode([]rune(value))) <= most
}

// Answers is AWS's id of the text that an action answers, and the variant of it, out of the name of the chain: identity,
// id and variant (inbound.Chain). An id may have slashes, and so may an identity; a variant has none. Both are empty
// where no text is the cause.
func (a Action) Answers() (id string, variant sms.Variant) {
	rest, found := strings.CutPrefix(a.Chain, string(a.Identity)+"/")
	if i := strings.LastIndexByte(rest, '/'); found && i >= 0 {
		return rest[:i], sms.Variant(rest[i+1:])
	}
	return "", ""
}
