package outbox

import (
	"time"

	"github.com/heedsms/heed/internal/fault"
)

// How long AWS keeps a number on its list after it left it once (API_DeleteOptedOutNumber).
const lockedFor = 30 * 24 * time.Hour

// Waits between tries. The relay comes by each minute; what is due between two visits waits for the next.
const (
	firstWait   = 5 * time.Second
	longestWait = 10 * time.Minute
)

// settleReply decides what the answer to a send means for a reply.
func settleReply(a Action, messageID string, err error, now time.Time) Outcome {
	f := fault.Explain(err)
	o := Outcome{Action: a, Error: string(f.Reason)}
	switch f.Kind {
	case "":
		o.State, o.MessageID, o.Error = Done, messageID, ""
	case fault.Retryable:
		o.State, o.NotBefore = Planned, now.Add(wait(a.Attempts))
	case fault.Ambiguous:
		o.State = Unknown
	default:
		o.State, o.Refused = Failed, f.Reason == fault.OptedOut
	}
	return o
}

// settleSync decides what the answer to a put or delete means. Both can be done twice, so an ambiguous answer is a
// reason to try again.
func settleSync(a Action, listed bool, err error, now time.Time) Outcome {
	f := fault.Explain(err)
	o := Outcome{Action: a, Error: string(f.Reason)}
	switch {
	case f.Kind == "":
		o.State, o.Error = Done, ""
	case !listed && f.Reason == fault.NotFound:
		// Not on the list: that is what was wanted.
		o.State, o.Error = Done, ""
	case !listed && f.Reason == fault.LockedOptOut:
		o.State, o.LockedUntil = Planned, now.Add(lockedFor)
		o.NotBefore = o.LockedUntil
	case f.Kind == fault.Retryable, f.Kind == fault.Ambiguous:
		o.State, o.NotBefore = Planned, now.Add(wait(a.Attempts))
	default:
		o.State = Failed
	}
	return o
}

func wait(attempts int) time.Duration {
	d := firstWait
	for range attempts - 1 {
		if d *= 2; d >= longestWait {
			return longestWait
		}
	}
	return d
}

// Scope says how far a person's consent reaches.
type Scope interface {
	// Listed says whether a contact with these consents (program to state) belongs on an AWS opt-out list.
	Listed(list string, consents map[string]string) bool
}
