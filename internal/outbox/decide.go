package outbox

import (
	"cmp"
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
		o.State, o.Refusal, o.OptedOut = Failed, cmp.Or(f.Word, string(f.Reason)), f.Reason == fault.OptedOut
	}
	return o
}

// comparedWithin is when the comparison has passed every list, as long as it runs daily.
const comparedWithin = 36 * time.Hour

// leaveToComparison keeps a removal open until the comparison has looked at the entry, so that a send which AWS refuses
// meanwhile is no news. The second time it is over: the comparison has decided.
func leaveToComparison(a Action, now time.Time) Outcome {
	if a.Left || !a.awaits() {
		return Outcome{Action: a, State: Done, Did: LeftAlone}
	}
	return Outcome{Action: a, State: Planned, NotBefore: now.Add(comparedWithin), Error: LeftToComparison}
}

// settleSync decides what the answer to a put or delete means. Both can be done twice, so an ambiguous answer is a
// reason to try again.
func settleSync(a Action, want Wanted, err error, now time.Time) Outcome {
	f := fault.Explain(err)
	o := Outcome{Action: a, Error: string(f.Reason)}
	listed := want == Listed
	switch {
	case f.Kind == "":
		o.State, o.Error, o.Did = Done, "", want
	case !listed && f.Reason == fault.NotFound:
		// Not on the list: that is what was wanted.
		o.State, o.Error, o.Did = Done, "", want
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

// settleFeedback decides what the answer to feedback means. It can be given twice. A message that AWS does not know is
// no fault: what a text answers need not be a message of this account's, and is not kept for ever.
func settleFeedback(a Action, err error, now time.Time) Outcome {
	f := fault.Explain(err)
	o := Outcome{Action: a, Error: string(f.Reason)}
	switch f.Kind {
	case "":
		o.State, o.MessageID, o.Error = Done, a.Body, ""
	case fault.Retryable, fault.Ambiguous:
		o.State, o.NotBefore = Planned, now.Add(wait(a.Attempts))
	default:
		o.State = Failed
	}
	return o
}

// settleWord decides what the answer of the bus means for an event. It may be put there twice: whoever listens tells
// by its id. Only what the bus can never take is given up; a bus that is missing or closed to heed gets mended.
func settleWord(a Action, id string, err error, now time.Time) Outcome {
	f := fault.Explain(err)
	o := Outcome{Action: a, Error: string(f.Reason)}
	switch f.Kind {
	case "":
		o.State, o.MessageID, o.Error = Done, id, ""
	case fault.Poison:
		o.State = Failed
	default:
		o.State, o.NotBefore = Planned, now.Add(wait(a.Attempts))
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

// Wanted is what an AWS opt-out list should say of a contact.
type Wanted string

// What a list may have to say. Left alone is for everything in between: nobody is taken off a list but for their own
// opt-in.
const (
	Listed    Wanted = "listed"
	NotListed Wanted = "not_listed"
	LeftAlone Wanted = "left_alone"
)

// Want decides what a list should say of a contact, given the programs that keep the list now, the program for which
// the question was planned, and the contact's consents. The planning program counts whether or not the ruleset still
// connects it with the list: a list that was renamed in heed.yaml must not set anybody free.
func Want(sharing []string, planned string, consents map[string]string) Wanted {
	for _, p := range append(sharing[:len(sharing):len(sharing)], planned) {
		if consents[p] == "opted_out" {
			return Listed
		}
	}
	if consents[planned] == "opted_in" {
		return NotListed
	}
	return LeftAlone
}
