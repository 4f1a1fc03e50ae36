package upkeep_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/upkeep"
)

// backlog is a database that has so many batches of old rows.
type backlog struct {
	upkeep.Store
	batches, done int
	fails         error
}

func (b *backlog) Recover(context.Context, time.Time) (upkeep.Recovered, error) {
	return upkeep.Recovered{}, b.fails
}

func (b *backlog) CloseQuestions(context.Context, time.Time, time.Time, map[string][]string) (int, error) {
	return 0, b.fails
}

func (b *backlog) Maintain(context.Context, time.Time, upkeep.Kept) (upkeep.Maintained, error) {
	return upkeep.Maintained{}, b.fails
}

func (b *backlog) LiftSuspensions(context.Context, time.Time) (int, error) { return 0, b.fails }

func (b *backlog) CloseSilent(context.Context, time.Time, time.Time, time.Time) (upkeep.Closed, error) {
	return upkeep.Closed{}, b.fails
}

func (b *backlog) RefreshDelivery(context.Context, time.Time) (upkeep.Refreshed, error) {
	return upkeep.Refreshed{}, b.fails
}

func (b *backlog) RefreshDetails(context.Context, time.Time, bool) (bool, error) {
	return false, b.fails
}

func (b *backlog) Retain(context.Context, time.Time, upkeep.Kept) (upkeep.Retained, error) {
	b.done++
	return upkeep.Retained{Bodies: 1, More: b.done < b.batches}, nil
}

func (b *backlog) RunDue(context.Context, int, outbox.Settings) (outbox.Summary, error) {
	return outbox.Summary{}, b.fails
}

// Each row: how much is old, and how much of it one run of the relay removes.
func TestRetentionInOneRun(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence string
		batches  int
		left     time.Duration // until the deadline
		fails    error
		want     int
	}{
		{"all of it", 3, time.Minute, nil, 3},
		{"so much that the next minute has to go on", 1000, time.Minute, nil, 20},
		{"nothing when the deadline is near", 3, time.Second, nil, 0},
		{"all of it, whatever else fails", 3, time.Minute, errors.New("away"), 3},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			b := &backlog{batches: c.batches, fails: c.fails}
			relay := &upkeep.Relay{
				Store: b, Executor: b, Margin: 2 * time.Second, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return now },
				Settings:  func(context.Context, time.Time) (outbox.Settings, error) { return nil, nil },
				Questions: func(context.Context, time.Time) (map[string][]string, time.Duration, error) { return nil, 0, nil },
			}
			// The relay compares the deadline with its own clock.
			ctx, cancel := context.WithDeadline(context.Background(), now.Add(c.left))
			defer cancel()
			report, err := relay.Run(ctx)
			if report.Retained.Bodies != c.want || b.done != c.want {
				t.Errorf("removed %d batches, want %d", report.Retained.Bodies, c.want)
			}
			if (err != nil) != (c.fails != nil) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// quiet is a database in which messages of some quarters of an hour have to be given up, one at a time.
type quiet struct {
	backlog
	first time.Time
	asked []time.Duration // since when, from the first on
}

func (q *quiet) CloseSilent(_ context.Context, _, since, _ time.Time) (upkeep.Closed, error) {
	if since.Before(q.first) {
		since = q.first
	}
	q.asked = append(q.asked, since.Sub(q.first))
	return upkeep.Closed{Silent: 1, More: len(q.asked) < 3, Upto: since.Add(15 * time.Minute)}, nil
}

// What was given up is not looked at again in the same run, though it is counted only afterwards.
func TestGivingUpGoesOn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	q := &quiet{first: now.AddDate(0, 0, -9)}
	relay := &upkeep.Relay{
		Store: q, Executor: q, NoReceiptAfter: 76 * time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return now },
		Settings:  func(context.Context, time.Time) (outbox.Settings, error) { return nil, nil },
		Questions: func(context.Context, time.Time) (map[string][]string, time.Duration, error) { return nil, 0, nil },
	}
	report, err := relay.Run(context.Background())
	if err != nil || report.Closed.Silent != 3 || !slices.Equal(q.asked, []time.Duration{0, 15 * time.Minute, 30 * time.Minute}) {
		t.Errorf("given up %d, asked since %v: %v", report.Closed.Silent, q.asked, err)
	}
}
