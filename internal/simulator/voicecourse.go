package simulator

import (
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// When the usual events of a call come.
const (
	toDial   = 30 * time.Millisecond
	toRing   = time.Second
	toAnswer = 6 * time.Second
	// ringsFor is how long it rings before AWS gives up.
	ringsFor = 30 * time.Second
)

// voiceCourse is what happens to a call. An answered one lasts as long as its text takes to say.
func voiceCourse(m *Message) []step {
	at := func(after time.Duration, event types.EventType, status string, final bool) step {
		return step{after: after, event: event, status: status, final: final}
	}
	initiated := at(toDial, types.EventTypeVoiceInitiated, "INITIATED", false)
	ringing := at(toRing, types.EventTypeVoiceRinging, "RINGING", false)
	answered := at(toAnswer, types.EventTypeVoiceAnswered, "ANSWERED", false)
	switch ending := m.fate().voice; ending {
	case "":
		return []step{initiated, ringing, answered, at(toAnswer+m.spoken(), types.EventTypeVoiceCompleted, "COMPLETED", true)}
	case "BUSY":
		return []step{initiated, at(toRing, types.EventTypeVoiceBusy, ending, true)}
	case "NO_ANSWER":
		return []step{initiated, ringing, at(toRing+ringsFor, types.EventTypeVoiceNoAnswer, ending, true)}
	case "TTL_EXPIRED":
		return []step{at(m.TimeToLive, types.EventTypeVoiceTtlExpired, ending, true)}
	case "PROTECT_BLOCKED":
		return []step{at(toDial, types.EventTypeVoiceFailed, ending, true)}
	default:
		return []step{initiated, at(toRing, types.EventTypeVoiceFailed, ending, true)}
	}
}

// spoken is how long a voice takes to say the message: 15 characters a second, in whole seconds.
func (m *Message) spoken() time.Duration {
	const perSecond = 15
	return time.Duration((utf8.RuneCountInString(m.Body)+perSecond-1)/perSecond) * time.Second
}

// minutes is a call's length as it is billed: each minute that began.
func minutes(call time.Duration) int { return int((call + time.Minute - 1) / time.Minute) }
