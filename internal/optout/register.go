package optout

import "time"

// State is where the consent of one person to one program stands.
type State string

// The states. Unknown is the state of a person who never said anything.
const (
	Unknown  State = ""
	OptedIn  State = "opted_in"
	OptedOut State = "opted_out"
	Held     State = "held" // an unclear request: nothing is sent until somebody decides
)

// Register is the consent of one person to one program: when they last said each thing, by the time they said it.
// The zero time means never.
//
// It is a join of three maxima, so the requests of a person may come in any order, twice, or split over several
// batches and workers, and the register ends the same: a START that comes late never undoes a STOP said after it.
type Register struct {
	OptedInAt  time.Time
	OptedOutAt time.Time
	HeldAt     time.Time
}

// Join merges two registers of the same person and program: the later of each time. It is commutative,
// associative and idempotent.
func (r Register) Join(o Register) Register {
	return Register{
		OptedInAt:  later(r.OptedInAt, o.OptedInAt),
		OptedOutAt: later(r.OptedOutAt, o.OptedOutAt),
		HeldAt:     later(r.HeldAt, o.HeldAt),
	}
}

// With is the register after the person said something at a time. An unknown state changes nothing.
func (r Register) With(s State, saidAt time.Time) Register {
	switch s {
	case OptedIn:
		return r.Join(Register{OptedInAt: saidAt})
	case OptedOut:
		return r.Join(Register{OptedOutAt: saidAt})
	case Held:
		return r.Join(Register{HeldAt: saidAt})
	}
	return r
}

// State gives where consent stands, and since when. On a tie the stricter wins: opted_out over all, held over
// opted_in. A held request never weakens an opt-out that is in force. With nothing known it is Unknown and the
// zero time.
func (r Register) State() (State, time.Time) {
	switch {
	case !r.OptedOutAt.IsZero() && !r.OptedOutAt.Before(r.OptedInAt):
		return OptedOut, r.OptedOutAt
	case !r.HeldAt.IsZero() && !r.HeldAt.Before(r.OptedInAt):
		return Held, r.HeldAt
	case !r.OptedInAt.IsZero():
		return OptedIn, r.OptedInAt
	}
	return Unknown, time.Time{}
}

// later is the later of two times, in UTC and without a monotonic reading, so that equal registers are equal
// values too.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		a = b
	}
	return a.UTC().Round(0)
}
