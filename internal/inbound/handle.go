package inbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// Entry is one message of a person with what was decided about it.
type Entry struct {
	sms.Inbound
	Decision
	SaidAt         time.Time
	RulesetVersion int64
}

// Batch is what one set of records comes to: written in one transaction, or not at all.
type Batch struct {
	Entries []Entry
	Parked  []parking.Item
	At      time.Time
}

// Counts is what became of a batch.
type Counts struct {
	New, ConsentChanges, Planned, Withheld int
	// Recorded are the new texts, New of them.
	Recorded []Recorded
}

// Recorded is a new text as it was recorded: what it means may hang on what was asked before it.
type Recorded struct {
	Entry   *Entry
	Verdict string
}

// Store keeps batches.
type Store interface {
	// RecordInbound writes the batch in one round trip: texts, consent, planned actions. What was recorded before
	// stays as it is, and nothing follows from it again.
	RecordInbound(ctx context.Context, b Batch) (Counts, error)
}

// Executor carries out what was planned.
type Executor interface {
	RunChains(ctx context.Context, chains []string, settings outbox.Settings) (outbox.Summary, error)
}

// Publisher tells the application what waits to be told.
type Publisher interface {
	Publish(ctx context.Context) (outbox.Summary, error)
}

// Handler handles what people text. It is an [ingress.Worker].
type Handler struct {
	Store    Store
	Rules    *Rules
	Executor Executor
	// Publisher is nil where no application listens: then no text is forwarded.
	Publisher Publisher
	// Metrics is nil where nobody counts.
	Metrics *metrics.Writer
	Log     *slog.Logger
	Now     func() time.Time
}

// MaxAhead is how far a text may lie in the future before its time is taken for wrong. A STOP of next year would
// outweigh every START of this one.
const MaxAhead = time.Minute

// Work keeps a chunk of records in one set, then has done what they ask for. Once the set is committed the records
// are acknowledged, whatever happens to the actions: those are promises now, and the relay keeps them too.
func (h *Handler) Work(ctx context.Context, records []ingress.Record) []error {
	now := h.Now()
	rules, err := h.Rules.Current(ctx, now)
	if err != nil {
		return slices.Repeat([]error{err}, len(records))
	}
	parsed := make([]parse, len(records))
	for i := range records {
		parsed[i] = h.read(&records[i], rules, now)
	}
	errs := make([]error, len(records))
	chains, counts := h.keep(ctx, parsed, now, errs)
	h.Log.LogAttrs(ctx, slog.LevelInfo, "texts", slog.Int("records", len(records)), slog.Int("new", counts.New),
		slog.Int("consent_changes", counts.ConsentChanges), slog.Int("planned", counts.Planned), slog.Int("withheld", counts.Withheld))
	h.measure(parsed, counts, errs)
	if _, err := h.Executor.RunChains(ctx, chains, rules); err != nil {
		h.Log.LogAttrs(ctx, slog.LevelError, "actions are left to the relay", slog.Int("chains", len(chains)), slog.Any("error", err))
	}
	if h.Publisher != nil && (counts.ConsentChanges > 0 || forwards(parsed)) {
		// After the replies. A bus that is away keeps neither them nor the answer to the queue from anybody for long.
		if _, err := h.Publisher.Publish(ctx); err != nil {
			h.Log.LogAttrs(ctx, slog.LevelError, "events are left to the relay", slog.Any("error", err))
		}
	}
	return errs
}

// forwards says whether something of these is for the application.
func forwards(parsed []parse) bool {
	return slices.ContainsFunc(parsed, func(p parse) bool {
		return slices.ContainsFunc(p.entry.Actions, isPublish)
	})
}

func isPublish(a outbox.Action) bool { return a.Kind == outbox.Publish }

// parse is one record read: a text with its decision, or something to park.
type parse struct {
	record *ingress.Record
	entry  Entry
	parked *parking.Item
}

func (p *parse) park(reason, detail string, now time.Time) {
	item := parking.New(string(p.record.Source), p.record.ID, reason, detail, p.record.Body, now)
	p.parked = &item
}

func (h *Handler) read(r *ingress.Record, rules *InForce, now time.Time) parse {
	p := parse{record: r}
	if r.Malformed != "" {
		p.park("malformed_envelope", r.Malformed, now)
		return p
	}
	in, err := sms.ParseInbound(r.Body)
	if err != nil {
		var reject *sms.Reject
		if !errors.As(err, &reject) {
			reject = &sms.Reject{Reason: "unreadable", Detail: "the payload could not be read"}
		}
		p.park(reject.Reason, reject.Detail, now)
		return p
	}
	if in.ID == "" {
		// Without AWS's id the source's own has to do: it is stable over redeliveries.
		in.ID = string(r.Source) + ":" + r.ID
	}
	saidAt := r.SaidAt
	if saidAt.IsZero() || saidAt.After(now.Add(MaxAhead)) {
		saidAt = now
	}
	p.entry = Entry{Inbound: in, Decision: Decide(rules.Ruleset, &in, saidAt), SaidAt: saidAt, RulesetVersion: rules.Version}
	if h.Publisher == nil {
		p.entry.Actions = slices.DeleteFunc(p.entry.Actions, isPublish)
	}
	h.tell(&p.entry)
	return p
}

// tell logs what an operator has to know of a decision. No number whole, no word of a body.
func (h *Handler) tell(e *Entry) {
	if e.Unconfigured {
		h.Log.Warn("text to an identity that no program names: recorded under the default program",
			slog.String("identity", e.Identity.Masked()), slog.String("verdict", e.Verdict))
	}
	if e.ReplyError != "" {
		h.Log.Error("a reply could not be made of its template", slog.String("program", e.Program), slog.String("error", e.ReplyError))
	}
}

type key struct {
	identity sms.Identity
	id       string
	variant  sms.Variant
}

// keep writes what was read and returns the chains that may have something to do. Where the database finds fault
// with the data of a set, the set is halved until the faulty row stands alone, which is parked.
func (h *Handler) keep(ctx context.Context, parsed []parse, now time.Time, errs []error) ([]string, Counts) {
	batch, chains := gather(parsed, now)
	counts, err := h.Store.RecordInbound(ctx, batch)
	if err == nil {
		for _, p := range batch.Parked {
			h.Log.LogAttrs(ctx, slog.LevelWarn, "parked", slog.String("source", p.Source), slog.String("source_id", p.SourceID),
				slog.String("reason", p.Reason), slog.String("error", p.Error))
		}
		return chains, counts
	}
	f := fault.Explain(err)
	switch {
	case f.Kind == fault.Poison && len(parsed) == 1 && parsed[0].parked != nil:
		// It cannot even be parked: the queue keeps it. The database's own words may quote it.
		errs[0] = fmt.Errorf("the database refuses to keep a record in any form: %s", fault.Code(err))
		return nil, Counts{}
	case f.Kind != fault.Poison:
		for i := range errs {
			errs[i] = err
		}
		return nil, Counts{}
	case len(parsed) == 1:
		parsed[0].park(string(f.Reason), "the database refused it: "+fault.Code(err), now)
		return h.keep(ctx, parsed, now, errs)
	}
	half := len(parsed) / 2
	first, a := h.keep(ctx, parsed[:half], now, errs[:half])
	second, b := h.keep(ctx, parsed[half:], now, errs[half:])
	return append(first, second...), Counts{
		New: a.New + b.New, ConsentChanges: a.ConsentChanges + b.ConsentChanges,
		Planned: a.Planned + b.Planned, Withheld: a.Withheld + b.Withheld, Recorded: append(a.Recorded, b.Recorded...),
	}
}

// gather makes a batch of what was read, in the order in which people spoke, each message once.
func gather(parsed []parse, now time.Time) (Batch, []string) {
	b := Batch{At: now}
	var chains []string
	seen := make(map[key]bool, len(parsed))
	for i := range parsed {
		p := &parsed[i]
		if p.parked != nil {
			b.Parked = append(b.Parked, *p.parked)
			continue
		}
		k := key{p.entry.Identity, p.entry.ID, p.entry.Variant}
		if seen[k] {
			continue
		}
		seen[k] = true
		b.Entries = append(b.Entries, p.entry)
		for _, a := range p.entry.Actions {
			if !isPublish(a) && (len(chains) == 0 || chains[len(chains)-1] != a.Chain) {
				chains = append(chains, a.Chain)
			}
		}
	}
	slices.SortStableFunc(b.Entries, func(x, y Entry) int {
		return cmp.Or(x.SaidAt.Compare(y.SaidAt), cmp.Compare(x.Identity, y.Identity), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Variant, y.Variant))
	})
	return b, chains
}
