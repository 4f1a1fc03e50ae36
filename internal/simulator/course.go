package simulator

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// step is one delivery event of a course, some time after the request.
type step struct {
	after    time.Duration
	event    types.EventType
	status   string // AWS's messageStatus
	final    bool
	fellBack bool // the step is of the SMS that an RCS message fell back to
}

// channel is the channel that an event tells of, by which its fields are chosen.
func (s step) channel() Channel {
	channel, _, _ := strings.Cut(string(s.event), "_")
	return Channel(channel)
}

// When the usual events of a text come.
const (
	toQueue   = 30 * time.Millisecond
	toCarrier = 300 * time.Millisecond
	toHandset = 1200 * time.Millisecond
	// receiptWindow is how long AWS waits for a carrier's receipt before it says UNKNOWN.
	receiptWindow = 72 * time.Hour
)

// descriptions are AWS's words for a status, where its samples have them; the others are of that kind.
var descriptions = map[string]string{
	"QUEUED":                "Message has been queued for delivery",
	"SUCCESSFUL":            "Message has been accepted by phone carrier",
	"DELIVERED":             "Message has been accepted by phone",
	"READ":                  "Message has been read by recipient",
	"PENDING":               "Message has been sent and awaits a receipt",
	"UNKNOWN":               "The final delivery status is not known",
	"INVALID_MESSAGE":       "The message body is too long",
	"PROTECT_BLOCKED":       "Message blocked by protect configuration",
	"TTL_EXPIRED":           "The time to live of the message is over",
	"CARRIER_UNREACHABLE":   "Phone carrier is currently unreachable",
	"BLOCKED":               "The recipient's device is blocking messages from this number",
	"CARRIER_BLOCKED":       "Phone carrier has blocked this message",
	"UNREACHABLE":           "Phone is currently unreachable",
	"INVALID":               "The destination phone number is not valid",
	"SPAM":                  "Phone carrier has identified this message as spam",
	"FILE_INACCESSIBLE":     "The media file could not be read",
	"FILE_TYPE_UNSUPPORTED": "The type of the media file is not supported",
	"FILE_SIZE_EXCEEDED":    "The media file is too large",
	"UNDELIVERABLE":         "Message could not be delivered",
	"REJECTED":              "Message has been rejected",
	"FALLEN_BACK_TO_SMS":    "Message is sent as SMS",

	"TTL_EXPIRATION_REVOKED": "The time to live is over and the message was revoked",
}

// courseOf is what happens to a message: every event that tells of it, in order of time. It depends on the
// destination, the message and who sends it, and on nothing else.
func courseOf(m *Message, from sender) []step {
	switch m.Channel {
	case ChannelVoice:
		return voiceCourse(m)
	case ChannelMedia:
		return carrierCourse("MEDIA_", m.fate().media, m.TimeToLive)
	case ChannelRCS:
		return rcsCourse(m, from)
	}
	return textCourse(m)
}

func textCourse(m *Message) []step {
	if countParts(m.Body).tooLong {
		return []step{{after: toQueue, event: "TEXT_INVALID_MESSAGE", status: "INVALID_MESSAGE", final: true}}
	}
	return carrierCourse("TEXT_", m.fate().text, m.TimeToLive)
}

// carrierCourse is the course of a text or a media message that ends with a status.
func carrierCourse(prefix, ending string, timeToLive time.Duration) []step {
	at := func(after time.Duration, status string, final bool) step {
		return step{after: after, event: types.EventType(prefix + status), status: status, final: final}
	}
	queued := at(toQueue, "QUEUED", false)
	switch ending {
	case "":
		return []step{queued, at(toCarrier, "SUCCESSFUL", false), at(toHandset, "DELIVERED", true)}
	case "SUCCESSFUL":
		return []step{queued, at(toCarrier, "SUCCESSFUL", true)}
	case "PROTECT_BLOCKED":
		return []step{at(toQueue, ending, true)}
	case "TTL_EXPIRED":
		return []step{queued, at(timeToLive, ending, true)}
	case "UNKNOWN":
		return []step{queued, at(receiptWindow, ending, true)}
	case lateReceipt:
		return []step{queued, at(receiptWindow, "UNKNOWN", true), at(receiptWindow+time.Hour, "DELIVERED", true)}
	}
	return []step{queued, at(toHandset, ending, true)}
}

// outcome is the event type with which a course ends.
func outcome(course []step) types.EventType { return course[len(course)-1].event }
