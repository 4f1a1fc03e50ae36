// Package upkeep is what the relay does each minute: it takes up what was promised and not yet done, and keeps the
// tables in shape.
package upkeep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/outbox"
)

// Store is the relay's part of the database.
type Store interface {
	// Recover takes up what dead workers left and closes what time has closed.
	Recover(ctx context.Context, now time.Time) (Recovered, error)
	// CloseQuestions opts out, for programs with their opt-out lists, who was asked before a time whether they meant to
	// stop and has not answered.
	CloseQuestions(ctx context.Context, now, before time.Time, lists map[string][]string) (int, error)
	// Maintain makes partitions ahead and drops what is older than it is kept.
	Maintain(ctx context.Context, now time.Time, keep Kept) (Maintained, error)
	// LiftSuspensions lifts those of people who showed a sign of life since, of some that were not looked at lately.
	LiftSuspensions(ctx context.Context, now time.Time) (int, error)
	// CloseSilent gives up waiting for a last word on a batch of messages that were sent since a time and before another.
	CloseSilent(ctx context.Context, now, since, before time.Time) (Closed, error)
	// RefreshDelivery counts anew a batch of what changed of messages since it was counted.
	RefreshDelivery(ctx context.Context, now time.Time) (Refreshed, error)
	// RefreshDetails counts anew what is dear to count of one day, and says whether there was one; all: also of days that
	// were counted a moment ago.
	RefreshDetails(ctx context.Context, now time.Time, all bool) (bool, error)
	// Retain removes a batch of what is older than it is kept.
	Retain(ctx context.Context, now time.Time, keep Kept) (Retained, error)
	// Gauges counts what waits.
	Gauges(ctx context.Context, now time.Time) (Gauges, error)
}

// Recovered counts what was left by dead workers and by time. Unknown replies may have gone out; Again are opt-out
// lists to be looked at once more; Retried were given up for a fault of the set-up and are tried again.
type Recovered struct{ Unknown, Again, Expired, Lost, Retried int }

// Kept says how long data is kept. Zero keeps it for ever. People on legal hold lose nothing.
type Kept struct {
	Events, Messages time.Duration // delivery data
	Bodies           time.Duration // the words of texts and of answers to them
	Outbox           time.Duration // promises, from when they were settled
	Parked           time.Duration // inputs that were set aside, from when they were replayed
}

// Retained counts what was removed: texts that lost their words, settled promises, replayed inputs, and promises about
// people who were forgotten. More: there is more of it.
type Retained struct {
	Bodies, Actions, Parked, Forgotten int
	More                               bool
}

// Closed counts messages of which AWS never told the end. More: there may be more of them, sent at Upto or later.
type Closed struct {
	Silent int
	More   bool
	Upto   time.Time
}

// Refreshed counts quarters of an hour whose messages were counted anew. More: others wait.
type Refreshed struct {
	Quarters int
	More     bool
}

// Maintained counts partitions. Busy: a long read or write was in the way, the next run tries again.
type Maintained struct {
	PartitionsMade, PartitionsDropped int
	Busy                              bool
}

// Executor carries out what is due.
type Executor interface {
	RunDue(ctx context.Context, limit int, settings outbox.Settings) (outbox.Summary, error)
}

// Publisher tells the application what waits to be told, a batch at a time.
type Publisher interface {
	Publish(ctx context.Context) (outbox.Summary, error)
}

// Relay is one worker of upkeep. Several may run at once: what one has claimed the others pass by.
type Relay struct {
	Store    Store
	Executor Executor
	// Publisher is nil where no application listens.
	Publisher Publisher
	// Settings gives the ruleset in force.
	Settings func(ctx context.Context, now time.Time) (outbox.Settings, error)
	// Questions gives the programs that ask whoever is unclear, with the opt-out lists that follow their consent, and how
	// long an answer is waited for.
	Questions func(ctx context.Context, now time.Time) (lists map[string][]string, wait time.Duration, err error)
	// Reconcile goes on with comparing AWS's opt-out lists with the register, when it is time to; nil: never.
	Reconcile func(ctx context.Context) error
	// NoReceiptAfter is how long after a message was sent its last word is waited for; 0: for ever.
	NoReceiptAfter time.Duration
	// Batch is how many chains are claimed at a time.
	Batch int
	Keep  Kept
	// Margin is how long before the deadline no further batch is begun.
	Margin time.Duration
	// Metrics is nil where nobody counts.
	Metrics *metrics.Writer
	Log     *slog.Logger
	Now     func() time.Time
}

// Report is what one run did.
type Report struct {
	Recovered  Recovered
	Silent     int // people who were asked, did not answer and are opted out
	Lifted     int // suspensions
	Actions    outbox.Summary
	Maintained Maintained
	Retained   Retained
	Published  outbox.Summary
	Closed     Closed
	Refreshed  Refreshed
}

// Run does what there is to do, until nothing is due or the deadline is near. A fault of the partitions does not
// keep replies from going out, nor the other way round: both are tried, all faults are told.
func (r *Relay) Run(ctx context.Context) (Report, error) {
	var report Report
	var errs []error
	var err error
	if report.Recovered, err = r.Store.Recover(ctx, r.Now()); err != nil {
		errs = append(errs, err)
	}
	if report.Silent, err = r.closeQuestions(ctx); err != nil {
		errs = append(errs, err)
	}
	if report.Actions, err = r.drain(ctx); err != nil {
		errs = append(errs, err)
	}
	if report.Maintained, err = r.Store.Maintain(ctx, r.Now(), r.Keep); err != nil {
		errs = append(errs, err)
	}
	if report.Lifted, err = r.Store.LiftSuspensions(ctx, r.Now()); err != nil {
		errs = append(errs, err)
	}
	if report.Retained, err = r.retain(ctx); err != nil {
		errs = append(errs, err)
	}
	if report.Closed, report.Refreshed, err = r.count(ctx); err != nil {
		errs = append(errs, err)
	}
	// An import has words for many minutes.
	if report.Published, err = r.publish(ctx); err != nil {
		errs = append(errs, err)
	}
	if err = r.measure(ctx, report); err != nil {
		errs = append(errs, err)
	}
	// Last: it takes all the time that is left. What it plans is done in the next minute.
	if r.Reconcile != nil {
		if err = r.Reconcile(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	r.Log.LogAttrs(ctx, slog.LevelInfo, "relay", slog.Any("recovered", report.Recovered), slog.Int("silent", report.Silent),
		slog.Any("actions", report.Actions), slog.Any("maintained", report.Maintained),
		slog.Int("lifted", report.Lifted), slog.Any("retained", report.Retained), slog.Any("published", report.Published),
		slog.Any("closed", report.Closed), slog.Any("refreshed", report.Refreshed))
	return report, errors.Join(errs...)
}

func (r *Relay) closeQuestions(ctx context.Context) (int, error) {
	now := r.Now()
	lists, wait, err := r.Questions(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("read the ruleset: %w", err)
	}
	return r.Store.CloseQuestions(ctx, now, now.Add(-wait), lists)
}

// mostBatches is how many batches of retention one run does: there is another run in a minute.
const mostBatches = 20

func (r *Relay) retain(ctx context.Context) (Retained, error) {
	var sum Retained
	for range mostBatches {
		if r.late(ctx) {
			break
		}
		did, err := r.Store.Retain(ctx, r.Now(), r.Keep)
		sum = Retained{sum.Bodies + did.Bodies, sum.Actions + did.Actions, sum.Parked + did.Parked, sum.Forgotten + did.Forgotten, did.More}
		if err != nil || !did.More {
			return sum, err
		}
	}
	return sum, nil
}

// count closes messages that nobody will tell of any more, and brings the counts of messages up to date.
func (r *Relay) count(ctx context.Context) (closed Closed, refreshed Refreshed, err error) {
	for more := r.NoReceiptAfter > 0; more && !r.late(ctx); more = closed.More {
		now := r.Now()
		did, err := r.Store.CloseSilent(ctx, now, closed.Upto, now.Add(-r.NoReceiptAfter))
		if err != nil {
			return closed, refreshed, err
		}
		closed = Closed{closed.Silent + did.Silent, did.More, did.Upto}
	}
	for more := true; more && !r.late(ctx); more = refreshed.More {
		did, err := r.Store.RefreshDelivery(ctx, r.Now())
		if err != nil {
			return closed, refreshed, err
		}
		refreshed = Refreshed{refreshed.Quarters + did.Quarters, did.More}
	}
	for more := true; more && !r.late(ctx); {
		if more, err = r.Store.RefreshDetails(ctx, r.Now(), false); err != nil {
			return closed, refreshed, err
		}
	}
	return closed, refreshed, nil
}

// late says that no further batch may be begun.
func (r *Relay) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && deadline.Sub(r.Now()) < r.Margin
}

func (r *Relay) drain(ctx context.Context) (outbox.Summary, error) {
	settings, err := r.Settings(ctx, r.Now())
	if err != nil {
		return outbox.Summary{}, fmt.Errorf("read the ruleset: %w", err)
	}
	return r.untilDone(ctx, func() (outbox.Summary, error) { return r.Executor.RunDue(ctx, r.Batch, settings) })
}

func (r *Relay) publish(ctx context.Context) (outbox.Summary, error) {
	if r.Publisher == nil {
		return outbox.Summary{}, nil
	}
	return r.untilDone(ctx, func() (outbox.Summary, error) { return r.Publisher.Publish(ctx) })
}

// untilDone works batch after batch until nothing is due or the deadline is near.
func (r *Relay) untilDone(ctx context.Context, work func() (outbox.Summary, error)) (outbox.Summary, error) {
	var sum outbox.Summary
	for {
		if r.late(ctx) {
			return sum, nil
		}
		did, err := work()
		sum = sum.Plus(did)
		if err != nil || did.Claimed == 0 {
			return sum, err
		}
	}
}
