package roster

import (
	"fmt"
	"time"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Outcome says what became of a row.
type Outcome string

// The outcomes.
const (
	// Recorded: it is a new entry of the ledger, and what it says stands.
	Recorded Outcome = "recorded"
	// Overruled: it is a new entry of the ledger, but something that counts more stands.
	Overruled Outcome = "overruled"
	// Unchanged: the ledger had it before.
	Unchanged Outcome = "unchanged"
	// Duplicate: a row before it in the file says the same.
	Duplicate Outcome = "duplicate"
	// Refused: it cannot be recorded.
	Refused Outcome = "refused"
)

// Known is what is known already of a row and of its person.
type Known struct {
	// Recorded: the ledger has this very change. Before says that it had it before this file.
	Recorded, Before bool
	// Register is what the person said so far, EventID the entry of the ledger behind their state, 0 where it is not known.
	Register optout.Register
	EventID  int64
}

// Person is what the rows of one person in one program come to.
type Person struct {
	Program string
	Contact sms.Phone
	// Before and After are the register without the rows and with them.
	Before, After optout.Register
	// Decides is the index of the entry behind the state, among those given; -1 where there is none: then EventID is
	// still behind it, or, where that is 0, something that was overruled until now.
	Decides int
	EventID int64
	// Last is the index of the last entry that is new.
	Last int
}

// Changed says whether the person stands elsewhere than before.
func (p *Person) Changed() bool {
	was, _ := p.Before.State()
	is, _ := p.After.State()
	return was != is
}

// Verdict is what rows come to.
type Verdict struct {
	New    []int    // the entries to record
	People []Person // whose register changes
}

// Judge decides what rows come to, and notes it in them. known has an element for each. Refused rows stay refused.
func Judge(entries []*Entry, known []Known) Verdict {
	j := judge{
		entries: entries, known: known, fresh: make([]int, 0, len(entries)), news: make([]news, len(entries)),
		people: make([]Person, 0, len(entries)), index: make(map[who]int, len(entries)),
	}
	for i, e := range entries {
		if e.Outcome != Refused {
			j.take(i, e)
		}
	}
	for _, i := range j.fresh {
		j.decide(i)
	}
	v := Verdict{New: j.fresh, People: j.people[:0]}
	for _, p := range j.people {
		if p.After != p.Before {
			v.People = append(v.People, p)
		}
	}
	return v
}

type who struct {
	contact sms.Phone
	program string
}

// news is what is kept of a new entry while rows are gone through: its person, and their new entry before it, or -1.
type news struct{ person, before int }

type judge struct {
	entries []*Entry
	known   []Known
	fresh   []int
	news    []news
	people  []Person
	index   map[who]int
}

// take joins a row into the register of its person, if it is new.
func (j *judge) take(i int, e *Entry) {
	e.Reason = ""
	w := who{e.Contact, e.Program}
	k := &j.known[i]
	p, met := j.index[w]
	switch {
	case k.Recorded && k.Before:
		e.Outcome = Unchanged
		return
	case k.Recorded:
		e.Outcome, e.Reason = Duplicate, "of a line before"
		return
	case !met:
		p = len(j.people)
		j.index[w] = p
		j.people = append(j.people, Person{Program: e.Program, Contact: e.Contact, Before: k.Register, After: k.Register, EventID: k.EventID, Decides: -1, Last: -1})
	}
	person := &j.people[p]
	for n := person.Last; n >= 0; n = j.news[n].before {
		if o := j.entries[n]; o.State == e.State && o.SaidAt.Equal(e.SaidAt) {
			e.Outcome, e.Reason = Duplicate, fmt.Sprintf("of line %d", o.Line)
			return
		}
	}
	j.news[i] = news{p, person.Last}
	person.After, person.Last = person.After.With(e.State, e.SaidAt), i
	j.fresh = append(j.fresh, i)
}

// decide says whether a new row stands, and whether it is what decides.
func (j *judge) decide(i int) {
	e, p := j.entries[i], &j.people[j.news[i].person]
	state, since := p.After.State()
	if was, before := p.Before.State(); was != state || !since.Equal(before) {
		p.EventID = 0
	}
	switch {
	case e.State != state:
		e.Outcome, e.Reason = Overruled, fmt.Sprintf("%s since %s", state, since.Format(time.RFC3339))
		return
	case e.SaidAt.Equal(since) && p.Decides < 0:
		p.Decides = i
	}
	e.Outcome = Recorded
}
