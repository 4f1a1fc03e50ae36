package delivery

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// Batch is what one set of records comes to: written in one statement, or not at all.
type Batch struct {
	// Events are in the order of their key: message id, type, time.
	Events []*sms.Event
	// States are what the events say of their messages, one a message, in the order of theirs: id, time of the request.
	States []*State
	// Proofs are the outbox ids that events carry: whatever the outbox thinks, those replies did go out.
	Proofs []Proof
	// Evidence is what the events say of people. Few batches hold any.
	Evidence []Evidence
	Parked   []parking.Item
	At       time.Time
	// Replayed: an operator hands these over once more. That they came before says nothing of AWS, and is not counted.
	Replayed bool
}

// Proof says that a planned reply became a message.
type Proof struct{ OutboxID, MessageID string }

// Counts is what became of a batch.
type Counts struct {
	NewEvents, Settled int
	// New are the events that were not there before: NewEvents of the batch's.
	New []*sms.Event
	// OptedOut and Suspended count what was new of the evidence.
	OptedOut, Suspended int
}

// Ruleset is what the fold asks of the ruleset in force.
type Ruleset struct {
	// Programs are the programs of our identities.
	Programs map[sms.Identity]string
	Keys     ReportKeys
}

// Store keeps batches and knows the ruleset.
type Store interface {
	// RecordEvents writes the batch in one round trip. Recording it again changes nothing.
	RecordEvents(ctx context.Context, b Batch) (Counts, error)
	// EventRules is what the newest ruleset says of delivery events, from a cache.
	EventRules(ctx context.Context, now time.Time) (*Ruleset, error)
}

// Handler keeps delivery events. It is an [ingress.Worker].
type Handler struct {
	Store Store
	// Replays: what comes is a replay, and what is known already is no duplicate of AWS's.
	Replays bool
	// Metrics is nil where nobody counts.
	Metrics *metrics.Writer
	Log     *slog.Logger
	Now     func() time.Time
}

// Work keeps a chunk of records in one set. Where the set meets a fault of its data it is halved until the faulty
// row stands alone, which is parked; its neighbours are kept.
func (h *Handler) Work(ctx context.Context, records []ingress.Record) []error {
	now := h.Now()
	rules, err := h.Store.EventRules(ctx, now)
	if err != nil {
		return slices.Repeat([]error{err}, len(records))
	}
	parsed := make([]parse, len(records))
	ingress.Share(len(records), func(i int) { parsed[i].read(&records[i], now) })
	ignored := 0
	for i := range parsed {
		if parsed[i].ignored {
			ignored++
		}
	}
	errs := make([]error, len(records))
	kept := h.keep(ctx, parsed, rules, now, errs)
	h.Log.LogAttrs(ctx, slog.LevelInfo, "events", slog.Int("records", len(records)), slog.Int("new", kept.NewEvents),
		slog.Int("replies_proved", kept.Settled), slog.Int("opted_out", kept.OptedOut), slog.Int("suspended", kept.Suspended),
		slog.Int("parked", kept.parked), slog.Int("ignored", ignored))
	h.measure(kept, ignored, rules, errs)
	return errs
}

// parse is one record read: an event, or something to park, or nothing.
type parse struct {
	record  *ingress.Record
	event   sms.Event
	parked  *parking.Item
	ignored bool
}

func (p *parse) read(r *ingress.Record, now time.Time) {
	p.record = r
	if r.Malformed != "" {
		p.park("malformed_envelope", r.Malformed, now)
		return
	}
	var err error
	if p.event, err = sms.ParseEvent(r.Body); err == nil {
		return
	}
	var reject *sms.Reject
	switch {
	case errors.Is(err, sms.ErrIgnored):
		p.ignored = true
	case errors.As(err, &reject):
		p.park(reject.Reason, reject.Detail, now)
	}
}

func (p *parse) park(reason, detail string, now time.Time) {
	item := parking.New(string(p.record.Source), p.record.ID, reason, detail, p.record.Body, now)
	p.parked = &item
}

func (c *Counts) add(o Counts) {
	c.NewEvents += o.NewEvents
	c.New = append(c.New, o.New...)
	c.Settled += o.Settled
	c.OptedOut += o.OptedOut
	c.Suspended += o.Suspended
}

type kept struct {
	Counts
	parked int
}

func (k *kept) add(o kept) {
	k.Counts.add(o.Counts)
	k.parked += o.parked
}

// keep writes what was read, in as few statements as it allows: one, unless the database finds fault with a row.
func (h *Handler) keep(ctx context.Context, parsed []parse, rules *Ruleset, now time.Time, errs []error) kept {
	batch, again := fold(parsed, rules, now)
	batch.Replayed = h.Replays
	counts, err := h.Store.RecordEvents(ctx, batch)
	if err == nil && len(again) > 0 {
		var more Counts
		more, err = h.keepAgain(ctx, again, rules, now)
		counts.add(more)
	}
	if err == nil {
		h.tellParked(ctx, batch.Parked)
		return kept{Counts: counts, parked: len(batch.Parked)}
	}
	f := fault.Explain(err)
	switch {
	case f.Kind == fault.Poison && len(parsed) == 1 && parsed[0].parked != nil:
		// It cannot even be parked: the queue keeps it. The database's own words may quote it.
		errs[0] = fmt.Errorf("the database refuses to keep a record in any form: %s", fault.Code(err))
		return kept{}
	case f.Kind != fault.Poison:
		for i := range errs {
			errs[i] = err
		}
		return kept{}
	case len(parsed) == 1:
		parsed[0].park(string(f.Reason), "the database refused it: "+fault.Code(err), now)
		return h.keep(ctx, parsed, rules, now, errs)
	}
	half := len(parsed) / 2
	sum := h.keep(ctx, parsed[:half], rules, now, errs[:half])
	sum.add(h.keep(ctx, parsed[half:], rules, now, errs[half:]))
	return sum
}

// keepAgain writes the events whose key another event of the same batch has: one statement cannot write a row
// twice. It happens when EventBridge and a configuration set tell of the same moment in different words.
func (h *Handler) keepAgain(ctx context.Context, again []parse, rules *Ruleset, now time.Time) (Counts, error) {
	var sum Counts
	for i := range again {
		batch, _ := fold(again[i:i+1], rules, now)
		batch.Replayed = h.Replays
		counts, err := h.Store.RecordEvents(ctx, batch)
		if err != nil {
			return sum, err
		}
		sum.add(counts)
	}
	// The key of each came with the batch, just before: none is new, although it was received in the same moment.
	sum.NewEvents, sum.New = 0, nil
	return sum, nil
}

func (h *Handler) tellParked(ctx context.Context, items []parking.Item) {
	for _, p := range items {
		h.Log.LogAttrs(ctx, slog.LevelWarn, "parked", slog.String("source", p.Source), slog.String("source_id", p.SourceID),
			slog.String("reason", p.Reason), slog.String("error", p.Error))
	}
}

type eventKey struct {
	messageID, eventType string
	occurredAt           int64
}

// fold makes a batch of what was read: the events in the order of their key, one state a message, in the order of
// theirs. Sorted alike, two workers that hold the same rows wait for each other instead of deadlocking. What has
// the key of another event but other content comes back as the second value.
func fold(parsed []parse, rules *Ruleset, now time.Time) (Batch, []parse) {
	b := Batch{At: now, Events: make([]*sms.Event, 0, len(parsed)), States: make([]*State, 0, len(parsed))}
	var again []parse
	first := newIndex[eventKey, *ingress.Record](len(parsed))
	states := newIndex[Key, *State](len(parsed))
	room := make([]State, len(parsed))
	for i := range parsed {
		p := &parsed[i]
		if p.parked != nil {
			b.Parked = append(b.Parked, *p.parked)
		}
		if p.parked != nil || p.ignored {
			continue
		}
		e := &p.event
		key := eventKey{e.MessageID, e.Type, e.OccurredAt.UnixMilli()}
		if seen, ok := first.find(key); ok {
			if !bytes.Equal(seen.Body, p.record.Body) {
				again = append(again, *p)
			}
			continue
		}
		first.add(key, p.record)
		b.Events = append(b.Events, e)
		state := &room[i]
		*state = Of(e, rules.Programs[e.Identity], rules.Keys)
		if evidence, ok := evidenceOf(e, state.Program); ok {
			b.Evidence = append(b.Evidence, evidence)
		}
		if state.OutboxID != "" {
			b.Proofs = append(b.Proofs, Proof{OutboxID: state.OutboxID, MessageID: e.MessageID})
		}
		if known, ok := states.find(state.Key); ok {
			known.Join(*state)
		} else {
			states.add(state.Key, state)
			b.States = append(b.States, state)
		}
	}
	slices.SortFunc(b.Events, func(x, y *sms.Event) int {
		if c := strings.Compare(x.MessageID, y.MessageID); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(x.Type, y.Type), x.OccurredAt.Compare(y.OccurredAt))
	})
	slices.SortFunc(b.States, func(x, y *State) int {
		if c := strings.Compare(x.MessageID, y.MessageID); c != 0 {
			return c
		}
		return x.RequestedAt.Compare(y.RequestedAt)
	})
	slices.SortFunc(b.Proofs, func(x, y Proof) int { return cmp.Compare(x.OutboxID, y.OutboxID) })
	b.Proofs = slices.CompactFunc(b.Proofs, func(x, y Proof) bool { return x.OutboxID == y.OutboxID })
	return b, again
}
