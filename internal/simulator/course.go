package simulator

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// step is one delivery event of a course, some time after the request.
type step struct {
	after       time.Duration
	event       types.EventType
	description string
	final       bool
}

// status is AWS's messageStatus: the event type without the name of its channel.
func (s step) status() string { return strings.TrimPrefix(string(s.event), "TEXT_") }

// When the usual events of a text come.
const (
	toQueue   = 30 * time.Millisecond
	toCarrier = 300 * time.Millisecond
	toHandset = 1200 * time.Millisecond
	// receiptWindow is how long AWS waits for a carrier's receipt before it says UNKNOWN.
	receiptWindow = 72 * time.Hour
)

// Destinations with a fate of their own. The first four are AWS's (page test-phone-numbers); the rest are this
// double's, from the range that is kept for fiction. Every other number takes every text: TEXT_QUEUED,
// TEXT_SUCCESSFUL, TEXT_DELIVERED.
const (
	// DestinationSuccess takes every text, as any other number does.
	DestinationSuccess sms.Phone = "+14254147755"
	// DestinationFailure ends as TEXT_CARRIER_UNREACHABLE. AWS does not say how its number fails.
	DestinationFailure sms.Phone = "+14254147167"
	// DestinationSuccessGB is DestinationSuccess in Great Britain.
	DestinationSuccessGB sms.Phone = "+447860019066"
	// DestinationFailureGB is DestinationFailure in Great Britain.
	DestinationFailureGB sms.Phone = "+447860019067"

	// DestinationBlocked ends as TEXT_BLOCKED: the device or carrier blocks the sender.
	DestinationBlocked sms.Phone = "+14255550190"
	// DestinationCarrierBlocked ends as TEXT_CARRIER_BLOCKED.
	DestinationCarrierBlocked sms.Phone = "+14255550191"
	// DestinationUnreachable ends as TEXT_UNREACHABLE.
	DestinationUnreachable sms.Phone = "+14255550192"
	// DestinationInvalid ends as TEXT_INVALID: there is no such number.
	DestinationInvalid sms.Phone = "+14255550193"
	// DestinationExpired ends as TEXT_TTL_EXPIRED when the time to live is over.
	DestinationExpired sms.Phone = "+14255550194"
	// DestinationNoReceipt ends as TEXT_UNKNOWN after 72 hours: the carrier never says.
	DestinationNoReceipt sms.Phone = "+14255550195"
	// DestinationProtected ends as TEXT_PROTECT_BLOCKED, without TEXT_QUEUED before it, unless the effective protect
	// configuration allows or only monitors its country.
	DestinationProtected sms.Phone = "+14255550196"
	// DestinationCarrierReceipt ends as TEXT_SUCCESSFUL: its country gives no receipts of handsets.
	DestinationCarrierReceipt sms.Phone = "+14255550197"
	// DestinationLateReceipt gets TEXT_UNKNOWN after 72 hours and TEXT_DELIVERED an hour later.
	DestinationLateReceipt sms.Phone = "+14255550198"
	// DestinationSpam ends as TEXT_SPAM.
	DestinationSpam sms.Phone = "+14255550199"
)

const (
	testDestinationPrefix      = "+1425555019"
	descriptionQueued          = "Message has been queued for delivery"
	descriptionCarrierAccepted = "Message has been accepted by phone carrier"
	descriptionDelivered       = "Message has been accepted by phone"
	descriptionUnknown         = "The final delivery status is not known"
)

// isTestDestination says whether a number is one with a fate of its own, which simulator numbers can reach.
func isTestDestination(to sms.Phone) bool {
	switch to {
	case DestinationSuccess, DestinationFailure, DestinationSuccessGB, DestinationFailureGB:
		return true
	}
	return strings.HasPrefix(string(to), testDestinationPrefix)
}

// courseOf is what happens to a message: every event that tells of it, in order of time. It depends on the
// destination, the text, the time to live and the protect configuration, and on nothing else.
func courseOf(m *Message) []step {
	queued := step{toQueue, types.EventTypeTextQueued, descriptionQueued, false}
	carrier := step{toCarrier, types.EventTypeTextSuccessful, descriptionCarrierAccepted, false}
	handset := step{toHandset, types.EventTypeTextDelivered, descriptionDelivered, true}
	unknown := step{receiptWindow, types.EventTypeTextUnknown, descriptionUnknown, true}
	if countParts(m.Body).tooLong {
		return []step{{toQueue, types.EventTypeTextInvalidMessage, "The message body is too long", true}}
	}
	if m.To == DestinationProtected && !m.protect.lets() {
		return []step{{toQueue, types.EventTypeTextProtectBlocked, "Message blocked by protect configuration", true}}
	}
	switch m.To {
	case DestinationExpired:
		return []step{queued, {m.TimeToLive, types.EventTypeTextTtlExpired, "The time to live of the message is over", true}}
	case DestinationNoReceipt:
		return []step{queued, unknown}
	case DestinationCarrierReceipt:
		carrier.final = true
		return []step{queued, carrier}
	case DestinationLateReceipt:
		handset.after = receiptWindow + time.Hour
		return []step{queued, unknown, handset}
	}
	if event, description := failureOf(m.To); event != "" {
		return []step{queued, {toHandset, event, description, true}}
	}
	return []step{queued, carrier, handset}
}

// failureOf is how a message to this destination fails, or empty.
func failureOf(to sms.Phone) (types.EventType, string) {
	switch to {
	case DestinationFailure, DestinationFailureGB:
		return types.EventTypeTextCarrierUnreachable, "Phone carrier is currently unreachable"
	case DestinationBlocked:
		return types.EventTypeTextBlocked, "The recipient's device is blocking messages from this number"
	case DestinationCarrierBlocked:
		return types.EventTypeTextCarrierBlocked, "Phone carrier has blocked this message"
	case DestinationUnreachable:
		return types.EventTypeTextUnreachable, "Phone is currently unreachable"
	case DestinationInvalid:
		return types.EventTypeTextInvalid, "The destination phone number is not valid"
	case DestinationSpam:
		return types.EventTypeTextSpam, "Phone carrier has identified this message as spam"
	}
	return "", ""
}

// outcome is the event type with which a course ends.
func outcome(course []step) types.EventType { return course[len(course)-1].event }
