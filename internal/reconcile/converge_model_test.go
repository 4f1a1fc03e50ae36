package reconcile_test

import (
	"slices"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// meaning is what somebody says about being texted.
type meaning string

const (
	saidNothing meaning = ""
	saidIn      meaning = "opted_in"
	saidStop    meaning = "opted_out"
	saidUnclear meaning = "held"
)

// statement is one thing that was said of a person's consent to a program, by them or for them.
type statement struct {
	program string
	at      time.Time
	meaning meaning
	// unseen: AWS answered it by itself and told nobody, so that its list is the only trace of it.
	unseen bool
	// decision is what the review queue made of an unclear one: stop, or nothing for an innocent text.
	decided  bool
	decision meaning
}

func (s statement) counts() meaning {
	if s.decided {
		return s.decision
	}
	return s.meaning
}

// told is all that is known of one person, by whoever sees everything.
type told struct {
	said []*statement
	// texts are when they texted a program at all, whatever they said.
	texts map[string][]time.Time
	// listed is when somebody other than heed put them on a list of AWS, by list; AWS too, for a text.
	listed map[string][]time.Time
	// disowned is when heed put them on a list, of whom it has forgotten since that it did: it takes the entry for
	// another's.
	disowned map[string][]time.Time
	// unlisted says from which lists somebody other than heed took them.
	unlisted map[string]bool
	// forgotten: heed knows them by a keyed hash, and cannot put on a list whom it does not know.
	forgotten bool
}

// lose: what AWS alone knew of the programs of a list may be gone with its entry. heed knows it if it looked before.
func (t *told) lose(list string, programs []string, at time.Time) {
	t.said = slices.DeleteFunc(t.said, func(s *statement) bool {
		lost := s.unseen && slices.Contains(programs, s.program) && !s.at.After(at)
		if lost {
			t.listed[list] = append(t.listed[list], s.at)
		}
		return lost
	})
}

// last is what they said last to a program, and when. Of one moment the stop counts, then what is unclear: DESIGN 2,
// promise 3.
func (t *told) last(program string) (meaning, time.Time) {
	strictness := map[meaning]int{saidIn: 1, saidUnclear: 2, saidStop: 3}
	latest, since := saidNothing, time.Time{}
	for _, s := range t.said {
		m := s.counts()
		if s.program != program || m == saidNothing {
			continue
		}
		if latest == saidNothing || s.at.After(since) || s.at.Equal(since) && strictness[m] > strictness[latest] {
			latest, since = m, s.at
		}
	}
	// Nobody becomes reachable by being unclear.
	if latest == saidUnclear {
		if before, at := t.lastClear(program); before == saidStop {
			return saidStop, at
		}
	}
	return latest, since
}

func (t *told) lastClear(program string) (meaning, time.Time) {
	plain := told{}
	for _, s := range t.said {
		if s.counts() != saidUnclear {
			plain.said = append(plain.said, s)
		}
	}
	return plain.last(program)
}

// lastIn is when they last said that they want to be texted.
func (t *told) lastIn(program string) time.Time {
	var at time.Time
	for _, s := range t.said {
		if s.program == program && s.counts() == saidIn && s.at.After(at) {
			at = s.at
		}
	}
	return at
}

// contestable says whether anybody or anything but the person may have had a word in it: who was put on a list behind
// heed's back may be opted out by it, of any program that keeps the list.
func (t *told) contestable(keepers map[string][]string, reach []string) bool {
	const slack = 10 * time.Second // clocks differ
	// A stop that only AWS heard, and a start within seconds: the comparison takes the stop for the later one.
	for _, s := range t.said {
		if in := t.lastIn(s.program); s.unseen && !in.IsZero() && in.Sub(s.at).Abs() < slack {
			return true
		}
	}
	for _, list := range reach {
		for _, at := range slices.Concat(t.listed[list], t.disowned[list]) {
			for _, program := range keepers[list] {
				if t.lastIn(program).Before(at.Add(slack)) {
					return true
				}
				for _, text := range t.texts[program] {
					if !text.Before(t.lastIn(program)) {
						return true // an answer to it may have been refused, which is evidence too
					}
				}
			}
		}
	}
	return false
}

type people map[sms.Phone]*told

func (p people) of(who sms.Phone) *told {
	if p[who] == nil {
		p[who] = &told{texts: map[string][]time.Time{}, listed: map[string][]time.Time{}, disowned: map[string][]time.Time{}, unlisted: map[string]bool{}}
	}
	return p[who]
}
