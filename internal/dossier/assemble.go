package dossier

import (
	"cmp"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/ledger"
)

// Assemble makes the document of what is known. With the same rows it is the same, in whatever order they came.
func (k *Known) Assemble(q Question, heed, wordList string, asOf time.Time) *Dossier {
	d := &Dossier{
		Heed: heed, WordList: wordList, AsOf: asOf, Question: q,
		Standings: slices.Clone(k.Standings), Rulesets: slices.Clone(k.Rulesets), Heads: slices.Clone(k.Heads),
		Ledger: slices.Clone(k.Events), Broken: []int64{}, Entries: []Entry{},
	}
	slices.SortFunc(d.Standings, func(a, b Standing) int { return cmp.Compare(a.Program, b.Program) })
	slices.SortFunc(d.Rulesets, func(a, b Ruleset) int { return cmp.Compare(a.Version, b.Version) })
	slices.SortFunc(d.Heads, func(a, b ledger.Head) int { return cmp.Compare(a.Program, b.Program) })
	slices.SortFunc(d.Ledger, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Chain.Seq, b.Chain.Seq))
	})
	for i := range d.Ledger {
		e := &d.Ledger[i]
		if !e.Proven() {
			d.Broken = append(d.Broken, e.ID)
		}
		if e.ForgottenAt != nil {
			d.Forgotten, d.Pseudonym = true, k.Pseudonym
		}
	}
	k.link(d.Ledger)
	d.Entries = k.entries(q, d.Ledger)
	if over := len(d.Entries) - q.Limit; q.Limit > 0 && over > 0 {
		d.Entries, d.Truncated = d.Entries[over:], true
	}
	return d
}

// link tells entries that belong together of each other.
func (k *Known) link(events []Event) {
	said := make(map[int64]time.Time, len(events))
	for i := range events {
		said[events[i].ID] = events[i].SaidAt
	}
	for i := range events {
		if e := &events[i]; e.OfEvent != nil {
			if at, ok := said[*e.OfEvent]; ok {
				e.Decides = &at
			}
		}
	}
	messages, replies := make(map[string]*Message, len(k.Messages)), make(map[string]*Message)
	for i := range k.Messages {
		m := &k.Messages[i]
		messages[m.ID], replies[m.OutboxID] = m, m
	}
	for i := range k.Actions {
		a := &k.Actions[i]
		// AWS's own id is proof. What was refused has none, and an event may come before the answer to the send.
		m := messages[a.AWSMessageID]
		if a.AWSMessageID == "" {
			m = replies[a.ID]
		}
		if m != nil {
			a.Delivery, m.Answers = m.Status, a.ID
		}
	}
}

// entries are all that happened inside the bounds, in order. At one moment: what was recorded first, then the text
// before what it changed and what was done about it.
func (k *Known) entries(q Question, events []Event) []Entry {
	type ranked struct {
		Entry
		rank, seq int
		id        string
	}
	var all []ranked
	add := func(rank, seq int, id string, e Entry) {
		if !e.At.Before(q.Since) && (q.Until.IsZero() || e.At.Before(q.Until)) {
			all = append(all, ranked{e, rank, seq, id})
		}
	}
	for i := range k.Texts {
		t := &k.Texts[i]
		add(0, 0, t.Identity+"/"+t.ID+"/"+t.Variant, Entry{At: t.SaidAt, Recorded: t.ReceivedAt, Kind: "text", Program: t.Program, Text: t})
	}
	for i := range events {
		e := &events[i]
		at := e.SaidAt
		if e.OfEvent != nil { // said_at is that of the words it decides
			at = e.RecordedAt
		}
		add(1, int(e.Chain.Seq), e.Program, Entry{At: at, Recorded: e.RecordedAt, Kind: "consent", Program: e.Program, Event: e})
	}
	for i := range k.Actions {
		a := &k.Actions[i]
		add(2, a.Seq, a.Chain, Entry{At: a.CreatedAt, Recorded: a.CreatedAt, Kind: "action", Program: a.Program, Action: a})
	}
	for i := range k.Messages {
		m := &k.Messages[i]
		add(3, 0, m.ID, Entry{At: m.RequestedAt, Recorded: m.RequestedAt, Kind: "message", Program: m.Program, Message: m})
	}
	for i := range k.Suspensions {
		s := &k.Suspensions[i]
		add(4, int(s.ID), "", Entry{At: s.Since, Recorded: s.Since, Kind: "suspension", Suspension: s})
		if s.LiftedAt != nil {
			add(4, int(s.ID), "", Entry{At: *s.LiftedAt, Recorded: *s.LiftedAt, Kind: "suspension_lifted", Suspension: s})
		}
	}
	for i := range k.LegalHolds {
		h := &k.LegalHolds[i]
		add(5, int(h.ID), "", Entry{At: h.PlacedAt, Recorded: h.PlacedAt, Kind: "legal_hold", LegalHold: h})
		if h.LiftedAt != nil {
			add(5, int(h.ID), "", Entry{At: *h.LiftedAt, Recorded: *h.LiftedAt, Kind: "legal_hold_lifted", LegalHold: h})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(a.At.Compare(b.At), a.Recorded.Compare(b.Recorded), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id),
			cmp.Compare(a.seq, b.seq), cmp.Compare(a.Kind, b.Kind))
	})
	entries := make([]Entry, len(all))
	for i := range all {
		entries[i] = all[i].Entry
	}
	return entries
}
