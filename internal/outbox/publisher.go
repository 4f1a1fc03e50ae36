package outbox

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/fault"
)

// Source is what all events of heed say of their origin.
const Source = "heed"

// Event is one event as it goes to the application's bus.
type Event struct {
	// Type is the kind of event, for people and for the bus's rules.
	Type string
	// Detail is what it tells, a JSON object.
	Detail string
}

// eventTypes are the kinds of event (docs/events).
var eventTypes = map[Purpose]string{OfConsent: "Consent Changed", OfText: "Text Forwarded"}

// Receipt is what the bus says of one event: its id there, or why it was not taken.
type Receipt struct {
	ID  string
	Err error
}

// Bus is the application's event bus. Its errors are understood by [fault.Of].
type Bus interface {
	// Publish puts the first of these events on the bus: at least one, and as many as one call takes. It gives a receipt
	// for each of them, or an error when nothing is known of any.
	Publish(ctx context.Context, events []Event) ([]Receipt, error)
}

// Words are the events that wait in the outbox.
type Words interface {
	// ClaimWords plans words of what changed in the ledger since it was last asked, and claims at most limit that are
	// due. Nothing that was recorded before since is published. A claim holds until the given time.
	ClaimWords(ctx context.Context, limit int, since, now, until time.Time) ([]Action, error)
	// Settle writes the outcomes of a claim.
	Settle(ctx context.Context, outcomes []Outcome, now time.Time) error
}

// Publisher tells the application what changed: each event at least once. A worker that dies after the bus took an
// event leaves a claim that lapses, and the event is put there again. It is safe for concurrent use.
type Publisher struct {
	Words Words
	Bus   Bus
	// Since is when this process came up: where nothing was ever published, publishing begins there.
	Since time.Time
	// Batch is how many events are claimed at a time.
	Batch int
	// Margin is how long before the deadline no call is begun any more; 0 means two seconds.
	Margin time.Duration
	Log    *slog.Logger
	Now    func() time.Time

	mu    sync.Mutex
	rests time.Time
}

const (
	// callBus bounds one call: whoever waits for the publisher has done all else.
	callBus = 3 * time.Second
	// restAfter is how long a bus that failed is left alone by this process.
	restAfter = 30 * time.Second
)

// Publish puts one batch of what is due on the bus. While the bus is away nothing is claimed for a while, and what waits
// stays in the outbox and in the ledger.
func (p *Publisher) Publish(ctx context.Context) (Summary, error) {
	now := p.Now()
	if p.resting(now) || p.late(ctx) {
		return Summary{}, nil
	}
	until := now.Add(time.Minute)
	if deadline, ok := ctx.Deadline(); ok {
		until = deadline.Add(time.Second)
	}
	words, err := p.Words.ClaimWords(ctx, p.Batch, p.Since, now, until)
	if err != nil || len(words) == 0 {
		return Summary{}, err
	}
	outcomes := p.put(ctx, words)
	summary := summarize(outcomes)
	p.Log.LogAttrs(ctx, slog.LevelInfo, "published", slog.Int("claimed", summary.Claimed), slog.Int("done", summary.Done),
		slog.Int("deferred", summary.Deferred), slog.Int("failed", summary.Failed))
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := p.Words.Settle(settle, outcomes, p.Now()); err != nil {
		return summary, fmt.Errorf("settle %d events: %w", len(outcomes), err)
	}
	return summary, nil
}

// put calls the bus until all words are with it, or it fails, or the time is over.
func (p *Publisher) put(ctx context.Context, words []Action) []Outcome {
	outcomes := make([]Outcome, 0, len(words))
	rest := words
	var events []Event
	for _, w := range words {
		events = append(events, Event{Type: eventTypes[w.Purpose], Detail: w.Body})
	}
	for len(rest) > 0 && !p.late(ctx) {
		receipts, err := p.call(ctx, events[len(outcomes):])
		if err != nil {
			p.rest()
			p.report(ctx, err, len(rest))
			for _, w := range rest {
				outcomes = append(outcomes, settleWord(w, "", err, p.Now()))
			}
			return outcomes
		}
		for i, r := range receipts {
			if r.Err != nil {
				p.report(ctx, r.Err, 1)
			}
			outcomes = append(outcomes, settleWord(rest[i], r.ID, r.Err, p.Now()))
		}
		rest = rest[len(receipts):]
	}
	for _, w := range rest {
		outcomes = append(outcomes, Outcome{Action: w, State: Planned, NotBefore: p.Now(), Error: "deadline"})
	}
	return outcomes
}

// call makes one call, and leaves time to write down what became of it: a bus that hangs must not take the invocation,
// and with it the answer to the queue, along.
func (p *Publisher) call(ctx context.Context, events []Event) ([]Receipt, error) {
	within := callBus
	if deadline, ok := ctx.Deadline(); ok {
		within = min(within, deadline.Sub(p.Now())-cmp.Or(p.Margin, 2*time.Second)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return p.Bus.Publish(ctx, events)
}

func (p *Publisher) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(p.Now()) < cmp.Or(p.Margin, 2*time.Second)
}

func (p *Publisher) resting(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.rests)
}

func (p *Publisher) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rests = p.Now().Add(restAfter)
}

func (p *Publisher) report(ctx context.Context, err error, events int) {
	f := fault.Explain(err)
	level := slog.LevelWarn
	if f.Loud {
		level = slog.LevelError
	}
	p.Log.LogAttrs(ctx, level, "events were not published", slog.Int("events", events),
		slog.String("class", string(f.Kind)), slog.String("reason", string(f.Reason)))
}
