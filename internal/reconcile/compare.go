// Package reconcile makes the register and AWS's opt-out lists agree, both ways: what AWS knows and heed does not
// becomes evidence of consent, what heed knows and AWS does not is planned in the outbox. Comparing is pure; a pass over
// a list is kept in the database page by page, so that it goes on where it was killed.
package reconcile

import (
	"slices"
	"time"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/sms"
)

// Entry is a number on an opt-out list of AWS.
type Entry struct {
	Contact sms.Phone
	// At is AWS's OptedOutTimestamp: whole seconds.
	At time.Time
	// ByEndUser is AWS's EndUserOptedOut. That it is never set for a number which the API put is a guess: AWS does not
	// say. So it is kept as evidence and can make heed more careful, never less.
	ByEndUser bool
}

// Consent is what the register says of a contact in one program.
type Consent struct {
	Program string
	optout.Register
	// LockedUntil is when AWS lets the number leave its list again; zero: it is not locked.
	LockedUntil time.Time
	// FromAWS says that the opt-out which counts was found on AWS's list.
	FromAWS bool
}

// optedInAt is when the person came, as far as it counts against an opt-out: a hold is between heed and the person, the
// lists follow what was said before it. Zero: they are opted out, or never came.
func (c Consent) optedInAt() time.Time {
	if state, _ := c.State(); state == optout.OptedOut {
		return time.Time{}
	}
	return c.OptedInAt
}

func (c Consent) optedOut() bool {
	state, _ := c.State()
	return state == optout.OptedOut
}

// Sync is an action of the outbox about a contact and this list.
type Sync struct {
	Program string
	State   outbox.State
	// Did is what was done, where it is known.
	Did outbox.Wanted
	// Tried says that heed spoke to AWS, or died over it: an action that is open, or was left to the comparison since, may
	// have been done all the same.
	Tried bool
	// Release says that it follows an opt-out that was taken back: the review queue decided otherwise.
	Release bool
	// Locked says that AWS refused a removal for its 30 days, and NotBefore is when they end.
	Locked    bool
	NotBefore time.Time
	PlannedAt time.Time
	// TriedSince is when it was taken up again after AWS's 30 days; zero: it did not wait for them.
	TriedSince time.Time
	SettledAt  time.Time
}

func (s Sync) open() bool { return s.State == outbox.Planned || s.State == outbox.Claimed }

// Known is all that heed knows of a contact on this list. Who was forgotten is known by what is left of them.
type Known struct {
	Consents []Consent
	Syncs    []Sync
}

// Decision is what comes of comparing one number.
type Decision string

// The decisions. docs/reconcile.md gives the reason for each.
const (
	// Agreed: AWS has the number where it has to.
	Agreed Decision = "agreed"
	// Recorded: AWS lists a number of which heed knows no opt-out and no opt-in. It becomes evidence of an opt-out.
	Recorded Decision = "recorded"
	// Younger: AWS lists a number since after the opt-in that heed knows. The person, or somebody for them, said stop
	// last: it becomes evidence, and the listing stays.
	Younger Decision = "younger"
	// Missing: opted out here, not on AWS's list, and never was as far as heed knows. It is put there.
	Missing Decision = "missing"
	// Left: the same, but it was on the list before: somebody took it off, or AWS did for a START that it answered
	// itself. It is put back.
	Left Decision = "left"
	// Remove: opted in here, and listed from before. It is taken off.
	Remove Decision = "remove"
	// Locked: as Remove, but AWS allows it at a later date only.
	Locked Decision = "locked"
	// Failing: heed tried, and AWS refused it for good. The relay tries again each hour.
	Failing Decision = "failing"
	// InFlight: heed or the person was at it a moment ago. The next pass looks again.
	InFlight Decision = "in_flight"
	// Stray: heed itself put the number there and nothing in the register stands behind it any more. Nobody is taken off
	// a list but for their own opt-in: a person has to decide.
	Stray Decision = "stray"
)

// Drift says whether register and list disagree, apart from what is on its way.
func (d Decision) Drift() bool { return d != Agreed && d != InFlight }

// Verdict is a decision with what follows from it.
type Verdict struct {
	Decision Decision
	// Record are the opt-outs that become evidence.
	Record []OptOut
	// Sync is the program for which the list is made to agree; "" for none.
	Sync string
	// Release: the number leaves the list although the person never opted in, because the opt-out was taken back.
	Release bool
}

// OptOut is an opt-out that AWS's list is evidence of.
type OptOut struct {
	Program string
	SaidAt  time.Time
}

const (
	// slack is how far AWS's clock and heed's may be apart, AWS's whole seconds included. What happened within it
	// happened in the order that is safe: the stop last.
	slack = 5 * time.Second
	// Settling is how long what was done may take to show: on AWS's side, and until a text that AWS acted upon has come
	// here.
	Settling = 15 * time.Minute
	// retried is how long the relay goes on with an action that failed (internal/store/upkeep.go).
	retried = 30 * 24 * time.Hour
)

// Listed compares a number that AWS lists. now is the time; began is when the pass began: what has moved since a while
// before it is left for the next one.
func Listed(list List, entry Entry, known Known, began, now time.Time) Verdict {
	if known.stands(list) {
		return Verdict{Decision: Agreed}
	}
	own := known.putByHeed(entry)
	v := Verdict{Decision: Recorded}
	off, offAt := "", time.Time{}
	for _, program := range list.Keepers {
		in := known.of(program).optedInAt()
		switch {
		case !in.IsZero() && (own || !entry.At.Add(slack).After(in)):
			if off == "" {
				off, offAt = program, known.of(program).LockedUntil
			}
		case own:
		case in.IsZero():
			v.Record = append(v.Record, OptOut{program, entry.At})
		default:
			// Not before the opt-in: on a tie the opt-out wins.
			v.Decision = Younger
			v.Record = append(v.Record, OptOut{program, later(entry.At, in)})
		}
	}
	if own && off == "" {
		// heed put it there for a program that does not keep the list (sender scope, a list that was renamed), and they
		// are back in that one.
		for _, s := range known.Syncs {
			if c := known.of(s.Program); off == "" && (s.Did == outbox.Listed || s.Tried) && !c.optedInAt().IsZero() {
				off, offAt = s.Program, c.LockedUntil
			}
		}
	}
	switch {
	case v.Decision == Recorded && known.tookOff(entry, began):
		return Verdict{Decision: InFlight}
	case len(v.Record) > 0:
		return v
	case off != "":
		return known.remove(off, offAt, began, now)
	case known.open(now):
		return Verdict{Decision: InFlight}
	}
	if program, ok := known.released(); ok && own {
		v := known.remove(program, time.Time{}, began, now)
		v.Release = v.Sync != ""
		return v
	}
	return Verdict{Decision: Stray}
}

// released says that the last that heed meant to do was to take the number off, because an opt-out was taken back.
func (k Known) released() (program string, ok bool) {
	var last Sync
	for _, s := range k.Syncs {
		if s.Release || s.Did == outbox.Listed {
			if !s.PlannedAt.Before(last.PlannedAt) {
				last = s
			}
		}
	}
	return last.Program, last.Release
}

// remove decides on a number that is to leave the list.
func (k Known) remove(program string, lockedUntil, began, now time.Time) Verdict {
	for _, s := range k.Syncs {
		if s.open() && s.Locked {
			lockedUntil = later(lockedUntil, s.NotBefore)
		}
	}
	switch {
	case lockedUntil.After(now):
		return Verdict{Decision: Locked}
	case k.open(now):
		return Verdict{Decision: InFlight}
	case k.failing(now):
		return Verdict{Decision: Failing}
	case k.moved(began):
		return Verdict{Decision: InFlight}
	}
	return Verdict{Decision: Remove, Sync: program}
}

// Absent compares a number that AWS does not list.
func Absent(list List, known Known, began, now time.Time) Verdict {
	for _, c := range known.Consents {
		if !c.optedOut() || !list.keeps(c.Program) {
			continue
		}
		switch {
		case known.open(now):
			return Verdict{Decision: InFlight}
		case known.failing(now):
			return Verdict{Decision: Failing}
		case known.moved(began):
			return Verdict{Decision: InFlight}
		}
		v := Verdict{Decision: Missing, Sync: c.Program}
		if c.FromAWS || slices.ContainsFunc(known.Syncs, func(s Sync) bool { return s.Did == outbox.Listed }) {
			v.Decision = Left
		}
		return v
	}
	return Verdict{Decision: Agreed}
}

// keeps says whether an opt-out of a program belongs on the list.
func (l List) keeps(program string) bool { return l.Sender || slices.Contains(l.Keepers, program) }

// stands says whether an opt-out that heed knows is behind a listing: of a program whose opt-outs belong there, or of
// one for which heed once spoke to AWS about it. A list that was renamed in heed.yaml sets nobody free.
func (k Known) stands(list List) bool {
	return slices.ContainsFunc(k.Consents, func(c Consent) bool {
		return c.optedOut() && (list.keeps(c.Program) || slices.ContainsFunc(k.Syncs, func(s Sync) bool { return s.Program == c.Program }))
	})
}

func (k Known) of(program string) Consent {
	i := slices.IndexFunc(k.Consents, func(c Consent) bool { return c.Program == program })
	if i < 0 {
		return Consent{}
	}
	return k.Consents[i]
}

// putByHeed says whether a listing is heed's own doing: it dates from the time in which heed put the number there, or may
// have, where whoever was to put it died or did not hear AWS's answer. A listing that AWS calls the end user's is not.
func (k Known) putByHeed(e Entry) bool {
	everOut := slices.ContainsFunc(k.Consents, func(c Consent) bool { return !c.OptedOutAt.IsZero() })
	return !e.ByEndUser && slices.ContainsFunc(k.Syncs, func(s Sync) bool {
		if e.At.Before(s.PlannedAt.Add(-slack)) {
			return false
		}
		return s.Did == outbox.Listed && !e.At.After(s.SettledAt.Add(slack)) || (s.open() || s.Did == outbox.LeftAlone) && s.Tried && everOut
	})
}

// open says whether an action is under way that will look at the register again soon.
func (k Known) open(now time.Time) bool {
	return slices.ContainsFunc(k.Syncs, func(s Sync) bool {
		return s.State == outbox.Claimed || s.State == outbox.Planned && s.NotBefore.Before(now.Add(Settling))
	})
}

// failing says whether an action failed and none has succeeded since, and the relay still tries. One that left the list
// alone is no success: it did not speak to AWS.
func (k Known) failing(now time.Time) bool {
	return slices.ContainsFunc(k.Syncs, func(f Sync) bool {
		return f.State == outbox.Failed && later(f.PlannedAt, f.TriedSince).After(now.Add(-retried)) && !slices.ContainsFunc(k.Syncs, func(s Sync) bool {
			return s.State == outbox.Done && s.Did != outbox.LeftAlone && !s.SettledAt.Before(f.SettledAt)
		})
	})
}

// moved says whether heed spoke to AWS, or the person spoke, too short a time ago for AWS's pages to be believed.
func (k Known) moved(began time.Time) bool {
	since := began.Add(-Settling)
	return slices.ContainsFunc(k.Syncs, func(s Sync) bool { return s.SettledAt.After(since) }) ||
		slices.ContainsFunc(k.Consents, func(c Consent) bool {
			return later(c.OptedInAt, later(c.OptedOutAt, c.HeldAt)).After(since)
		})
}

// tookOff says whether heed ended a listing too short a time ago for AWS's pages to tell. What it was evidence of is in
// the register; of a program that shares the list and knows nothing, only one that is still there is. A listing younger
// than an opt-in stays evidence: it was perhaps taken off unseen.
func (k Known) tookOff(e Entry, began time.Time) bool {
	return slices.ContainsFunc(k.Syncs, func(s Sync) bool {
		return s.Did == outbox.NotListed && !e.At.After(s.SettledAt) && s.SettledAt.After(began.Add(-Settling))
	})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
