// Package outbox holds what heed promises to the outside world, and keeps the promises: replies to people, and AWS's
// opt-out lists that follow the consent register.
//
// An action is planned in the transaction that records its cause, claimed before it is done, settled after. A claim
// whose worker died leaves a reply unknown, because nobody knows whether it went out, and an opt-out list to be
// looked at again, because putting it right twice is the same as once.
package outbox

import (
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// Kind is what an action does.
type Kind string

// The kinds.
const (
	Reply      Kind = "reply"
	SyncOptOut Kind = "sync_optout"
	// Publish puts an event on the application's bus. It is the Publisher's, not the Executor's.
	Publish Kind = "publish"
	// Feedback tells AWS that a message was received: somebody answered it.
	Feedback Kind = "feedback"
)

// State is how far an action has come.
type State string

// The states. Done, Failed, Expired and Lost are final, except that a delivery event proves any reply done.
const (
	Planned State = "planned"
	Claimed State = "claimed"
	Done    State = "done"
	Failed  State = "failed"
	Expired State = "expired"
	// Unknown: it may have happened. It is never done again; a delivery event may prove it.
	Unknown State = "unknown"
	// Lost: it was unknown for longer than AWS reports on any message.
	Lost State = "lost"
)

// Purpose is what a reply answers, or what an event tells of.
type Purpose string

// The purposes. Each has its own condition under which it goes out, see [Action].
const (
	ForOptOut    Purpose = "opt_out"
	ForOptIn     Purpose = "opt_in"
	ForHelp      Purpose = "help"
	ForKeyword   Purpose = "keyword"
	ForUnmatched Purpose = "unmatched"
	// ForUnclear asks a person whether they meant to stop, ForDoubleOptIn whether they meant to be opted in.
	ForUnclear     Purpose = "unclear"
	ForDoubleOptIn Purpose = "double_opt_in"
	// OfConsent are words to the application of a change of consent, OfText of a text that is forwarded.
	OfConsent Purpose = "consent_changed"
	OfText    Purpose = "text_forwarded"
)

// ForRelease is the purpose of a SyncOptOut that follows an opt-out which was taken back (a decision of the review
// queue): heed's own listing goes, although the person never said that they want to be texted.
const ForRelease Purpose = "release"

// Action is one planned step. The chain is the inbound text that caused it; its actions happen in the order of Seq,
// and each waits until those before it are settled.
type Action struct {
	ID       string
	Chain    string
	Seq      int
	Kind     Kind
	Program  string
	Contact  sms.Phone
	Identity sms.Identity
	// List is the AWS opt-out list of a SyncOptOut.
	List string
	// Purpose, Rule and Body are a Reply's; a SyncOptOut has the purpose ForOptIn where the person just texted that they
	// are back, and ForRelease. Whether it goes out is decided in the statement that plans it, which
	// sees the register: an opt-out is confirmed only if it changed something, an opt-in only if it stands, and
	// keywords are answered only to people who have not opted out. A Publish has the event's detail in its Body, as
	// JSON; a Feedback has AWS's id of the message that was answered.
	Purpose Purpose
	Rule    string
	Body    string
	// Pause is the time within which a contact gets no second reply of this purpose from this program; 0: none.
	Pause time.Duration
	// Limit and LimitPer bound the automatic replies to one contact (the loop guard); 0: no bound.
	Limit    int
	LimitPer time.Duration
	// ExpiresAt is when the action is worth nothing any more; zero: never.
	ExpiresAt time.Time
	// Left: it was left to the comparison before.
	Left bool
	// Attempts counts the claims, this one included. It fences off a worker that outlived its claim.
	Attempts int
	// Consents is the register of the contact as the claim read it: program to state.
	Consents map[string]string
}

// LeftToComparison is the error of a removal that waits for the comparison with AWS's list (internal/reconcile), which
// looks at the entry first.
const LeftToComparison = "left_to_comparison"

// compared says that the comparison looked at AWS's entry and planned this.
func (a Action) compared() bool { return strings.HasPrefix(a.Chain, "reconcile/") }

// awaits says that an opt-in, or a decision that took an opt-out back, planned this. What an opt-out planned and finds
// itself overtaken has nothing to wait for: what overtook it has an action of its own.
func (a Action) awaits() bool { return a.Purpose != "" || strings.HasPrefix(a.Chain, "change/") }

// Outcome is how a claimed action ended.
type Outcome struct {
	Action Action
	State  State
	// NotBefore is when a planned action may be tried again.
	NotBefore time.Time
	// MessageID is AWS's id of a reply that it accepted, of an event that is on the bus, or of the message that it took
	// feedback about.
	MessageID string
	// Error is a stable word, for people and metrics.
	Error string
	// Refusal is AWS's word for why it will not send a reply, now or later; "" for every other end. No delivery event
	// ever tells of such a message.
	Refusal string
	// OptedOut: AWS refused a reply because the number is on its opt-out list, which is evidence of consent as of AskedAt,
	// when the call was begun. What the lists were told since explains a refusal too.
	OptedOut bool
	AskedAt  time.Time
	// Did is what a SyncOptOut made of AWS's list. Whoever finds a number on a list later can tell by it whether heed put
	// it there.
	Did Wanted
	// LockedUntil is set when AWS does not let the number leave its list yet.
	LockedUntil time.Time
}
