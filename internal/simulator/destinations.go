package simulator

import (
	"strings"

	"github.com/heedsms/heed/internal/sms"
)

// Destinations with a fate of their own. The first four are AWS's (page test-phone-numbers); the rest are this
// double's, from the range that is kept for fiction. Every other number takes whatever is sent: a text and a media
// message are queued, successful and delivered, a call is answered and heard to its end, an RCS message is read.
const (
	// DestinationSuccess takes everything, as any other number does.
	DestinationSuccess sms.Phone = "+14254147755"
	// DestinationFailure ends as CARRIER_UNREACHABLE. AWS does not say how its number fails.
	DestinationFailure sms.Phone = "+14254147167"
	// DestinationSuccessGB is DestinationSuccess in Great Britain.
	DestinationSuccessGB sms.Phone = "+447860019066"
	// DestinationFailureGB is DestinationFailure in Great Britain.
	DestinationFailureGB sms.Phone = "+447860019067"

	// DestinationBlocked ends as BLOCKED: the device or carrier blocks the sender.
	DestinationBlocked sms.Phone = "+14255550190"
	// DestinationCarrierBlocked ends as CARRIER_BLOCKED.
	DestinationCarrierBlocked sms.Phone = "+14255550191"
	// DestinationUnreachable ends as UNREACHABLE; a call there is not answered.
	DestinationUnreachable sms.Phone = "+14255550192"
	// DestinationInvalid ends as INVALID: there is no such number.
	DestinationInvalid sms.Phone = "+14255550193"
	// DestinationExpired ends as TTL_EXPIRED when the time to live is over.
	DestinationExpired sms.Phone = "+14255550194"
	// DestinationNoReceipt ends as UNKNOWN after 72 hours: the carrier never says.
	DestinationNoReceipt sms.Phone = "+14255550195"
	// DestinationProtected ends as PROTECT_BLOCKED, without anything before it, unless the effective protect configuration
	// allows or only monitors its country.
	DestinationProtected sms.Phone = "+14255550196"
	// DestinationCarrierReceipt ends as SUCCESSFUL: its country gives no receipts of handsets.
	DestinationCarrierReceipt sms.Phone = "+14255550197"
	// DestinationLateReceipt gets UNKNOWN after 72 hours and DELIVERED an hour later.
	DestinationLateReceipt sms.Phone = "+14255550198"
	// DestinationSpam ends as SPAM.
	DestinationSpam sms.Phone = "+14255550199"

	// DestinationBusy is on the phone: VOICE_BUSY.
	DestinationBusy sms.Phone = "+14255550180"
	// DestinationNoAnswer lets it ring: VOICE_NO_ANSWER.
	DestinationNoAnswer sms.Phone = "+14255550181"
	// DestinationNoRCS has no RCS: after 25 seconds the message goes out as SMS, if there is a number to fall back to.
	DestinationNoRCS sms.Phone = "+14255550182"
	// DestinationTwice is DestinationNoRCS, and then the RCS message arrives too: two messages, one id.
	DestinationTwice sms.Phone = "+14255550183"
	// DestinationUnread gets RCS messages and never reads them.
	DestinationUnread sms.Phone = "+14255550184"
	// DestinationFileInaccessible ends media messages as MEDIA_FILE_INACCESSIBLE.
	DestinationFileInaccessible sms.Phone = "+14255550185"
	// DestinationFileUnsupported ends media messages as MEDIA_FILE_TYPE_UNSUPPORTED.
	DestinationFileUnsupported sms.Phone = "+14255550186"
	// DestinationFileTooLarge ends media messages as MEDIA_FILE_SIZE_EXCEEDED.
	DestinationFileTooLarge sms.Phone = "+14255550187"
)

// isTestDestination says whether a number is one with a fate of its own, which simulator numbers can reach.
func isTestDestination(to sms.Phone) bool {
	switch to {
	case DestinationSuccess, DestinationFailure, DestinationSuccessGB, DestinationFailureGB:
		return true
	}
	return strings.HasPrefix(string(to), "+1425555018") || strings.HasPrefix(string(to), "+1425555019")
}

// fate is the status with which each channel ends at a destination. Empty means the usual course.
type fate struct {
	text  string
	media string
	voice string
	rcs   string
}

// Ways of an RCS message that are no status of AWS's.
const (
	rcsUnread   = "delivered and not read"
	rcsFallback = "falls back to SMS"
	rcsTwice    = "falls back to SMS and arrives later"
)

// lateReceipt is UNKNOWN with a receipt after it.
const lateReceipt = "UNKNOWN, then DELIVERED"

// fate is what becomes of a message at its destination.
func (m *Message) fate() fate {
	if m.To == DestinationProtected && m.protect.lets() {
		return fate{}
	}
	return fateOf(m.To)
}

// fateOf is what a destination does. AWS has no event type for media and calls that protect rules blocked, nor for
// calls that were blocked or taken for spam: they end as MEDIA_BLOCKED and VOICE_FAILED.
func fateOf(to sms.Phone) fate {
	switch to {
	case DestinationFailure, DestinationFailureGB:
		return fate{text: "CARRIER_UNREACHABLE", media: "CARRIER_UNREACHABLE", voice: "FAILED", rcs: "UNDELIVERABLE"}
	case DestinationBlocked:
		return fate{text: "BLOCKED", media: "BLOCKED", voice: "FAILED", rcs: "REJECTED"}
	case DestinationCarrierBlocked:
		return fate{text: "CARRIER_BLOCKED", media: "CARRIER_BLOCKED", voice: "FAILED", rcs: "REJECTED"}
	case DestinationUnreachable:
		return fate{text: "UNREACHABLE", media: "UNREACHABLE", voice: "NO_ANSWER", rcs: rcsFallback}
	case DestinationInvalid:
		return fate{text: "INVALID", media: "INVALID", voice: "FAILED", rcs: "UNDELIVERABLE"}
	case DestinationExpired:
		return fate{text: "TTL_EXPIRED", media: "TTL_EXPIRED", voice: "TTL_EXPIRED", rcs: "TTL_EXPIRATION_REVOKED"}
	case DestinationNoReceipt:
		return fate{text: "UNKNOWN", media: "UNKNOWN", rcs: rcsFallback}
	case DestinationProtected:
		return fate{text: "PROTECT_BLOCKED", media: "BLOCKED", voice: "PROTECT_BLOCKED", rcs: "PROTECT_BLOCKED"}
	case DestinationCarrierReceipt:
		return fate{text: "SUCCESSFUL", media: "SUCCESSFUL", rcs: rcsUnread}
	case DestinationLateReceipt:
		return fate{text: lateReceipt, media: lateReceipt, rcs: rcsUnread}
	case DestinationSpam:
		return fate{text: "SPAM", media: "SPAM", voice: "SPAM", rcs: "REJECTED"}
	case DestinationBusy:
		return fate{voice: "BUSY"}
	case DestinationNoAnswer:
		return fate{voice: "NO_ANSWER"}
	case DestinationNoRCS:
		return fate{rcs: rcsFallback}
	case DestinationTwice:
		return fate{rcs: rcsTwice}
	case DestinationUnread:
		return fate{rcs: rcsUnread}
	case DestinationFileInaccessible:
		return fate{media: "FILE_INACCESSIBLE"}
	case DestinationFileUnsupported:
		return fate{media: "FILE_TYPE_UNSUPPORTED"}
	case DestinationFileTooLarge:
		return fate{media: "FILE_SIZE_EXCEEDED"}
	}
	return fate{}
}
