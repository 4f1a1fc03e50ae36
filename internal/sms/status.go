package sms

import "strings"

// Status is heed's word for how far one outbound message has come.
type Status string

// The statuses. NoReceipt and Refused are heed's own: the first is set when AWS never gave a last word, the second
// when AWS refused the send, which no delivery event ever tells.
const (
	StatusQueued        Status = "queued"
	StatusSent          Status = "sent"
	StatusAccepted      Status = "accepted"
	StatusDelivered     Status = "delivered"
	StatusRead          Status = "read"
	StatusExpired       Status = "expired"
	StatusUndeliverable Status = "undeliverable"
	StatusBlocked       Status = "blocked"
	StatusInvalid       Status = "invalid"
	StatusRefused       Status = "refused"
	StatusUnknown       Status = "unknown"
	StatusNoReceipt     Status = "no_receipt"
)

// Rank orders what is known of a message: of two events the higher rank wins, whichever came first. SQL compares
// ranks and knows no status.
type Rank int16

// The ranks. Success outranks failure, a read receipt outranks all, and anything real outranks UNKNOWN, which AWS
// writes after 72 hours of silence (configuration-sets-event-types).
const (
	rankQueued     Rank = 10
	rankUnfinished Rank = 15 // a word never seen before, of a message that goes on
	rankSent       Rank = 20
	// RankNoReceipt lies below every last word, so that a late one still upgrades it.
	RankNoReceipt Rank = 25
	rankUnknown   Rank = 30
	// rankAcceptedOnTheWay: the carrier took it and more is to come. A failure that follows is the truth.
	rankAcceptedOnTheWay Rank = 35
	rankTransient        Rank = 40
	rankPermanent        Rank = 50
	// RankRefused is for sends that AWS itself refused.
	RankRefused   Rank = 60
	rankAccepted  Rank = 70
	rankDelivered Rank = 80
	rankRead      Rank = 90
)

type meaning struct {
	status Status
	rank   Rank
}

// statuses is the one translation of AWS's words (messageStatus, and eventType without its prefix).
var statuses = map[string]meaning{
	"QUEUED":   {StatusQueued, rankQueued},
	"ACCEPTED": {StatusQueued, rankQueued}, // by AWS, not by a carrier

	"PENDING":            {StatusSent, rankSent},
	"SENT":               {StatusSent, rankSent},
	"INITIATED":          {StatusSent, rankSent},
	"RINGING":            {StatusSent, rankSent},
	"ANSWERED":           {StatusSent, rankSent},
	"FALLEN_BACK_TO_SMS": {StatusSent, rankSent},

	"SUCCESSFUL": {StatusAccepted, rankAccepted},
	"DELIVERED":  {StatusDelivered, rankDelivered},
	"COMPLETED":  {StatusDelivered, rankDelivered},
	"READ":       {StatusRead, rankRead},

	"TTL_EXPIRED":            {StatusExpired, rankTransient},
	"TTL_EXPIRATION_REVOKED": {StatusExpired, rankTransient},
	"UNREACHABLE":            {StatusUndeliverable, rankTransient},
	"CARRIER_UNREACHABLE":    {StatusUndeliverable, rankTransient},
	"BUSY":                   {StatusUndeliverable, rankTransient},
	"NO_ANSWER":              {StatusUndeliverable, rankTransient},

	"FAILED":        {StatusUndeliverable, rankPermanent},
	"REJECTED":      {StatusUndeliverable, rankPermanent},
	"UNDELIVERABLE": {StatusUndeliverable, rankPermanent},

	"BLOCKED":         {StatusBlocked, rankPermanent},
	"CARRIER_BLOCKED": {StatusBlocked, rankPermanent},
	"SPAM":            {StatusBlocked, rankPermanent},
	"PROTECT_BLOCKED": {StatusBlocked, rankPermanent},

	"INVALID":               {StatusInvalid, rankPermanent},
	"INVALID_MESSAGE":       {StatusInvalid, rankPermanent},
	"UNROUTABLE":            {StatusInvalid, rankPermanent},
	"FILE_INACCESSIBLE":     {StatusInvalid, rankPermanent},
	"FILE_TYPE_UNSUPPORTED": {StatusInvalid, rankPermanent},
	"FILE_SIZE_EXCEEDED":    {StatusInvalid, rankPermanent},

	"UNKNOWN": {StatusUnknown, rankUnknown},
}

// Classify reads AWS's words: the status first, the event's type where the status is new, and unknown where both
// are. Final decides how much a carrier's acceptance is worth: on short codes it is the last word that ever comes,
// on long codes a handset receipt or a failure follows.
func Classify(awsStatus, eventType string, final bool) (Status, Rank) {
	_, m, known := translate(awsStatus, eventType)
	if !known {
		m = meaning{StatusUnknown, rankUnknown}
		if !final {
			m.rank = rankUnfinished
		}
	}
	if m.status == StatusAccepted && !final {
		m.rank = rankAcceptedOnTheWay
	}
	return m.status, m.rank
}

// Word is the word of AWS by which an event is classified, in capitals: one of a short list, or "" where both its status
// and its type are new.
func Word(awsStatus, eventType string) string {
	word, _, _ := translate(awsStatus, eventType)
	return word
}

func translate(awsStatus, eventType string) (word string, m meaning, known bool) {
	word = upper(awsStatus)
	if m, known = statuses[word]; known {
		return word, m, true
	}
	_, word, _ = strings.Cut(upper(eventType), "_")
	if m, known = statuses[word]; known {
		return word, m, true
	}
	return "", meaning{}, false
}

// Failed says whether the status is a failure: of the handset, the carrier, the content, or AWS's own refusal.
func (s Status) Failed() bool {
	switch s {
	case StatusExpired, StatusUndeliverable, StatusBlocked, StatusInvalid, StatusRefused:
		return true
	}
	return false
}

func upper(s string) string {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' {
			return strings.ToUpper(s)
		}
	}
	return s
}
