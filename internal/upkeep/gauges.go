package upkeep

import (
	"context"
	"time"

	"github.com/heedsms/heed/internal/metrics"
)

// Gauges is what waits at a moment. Counts go no further than a hundred thousand: beyond, more of it says nothing new.
type Gauges struct {
	// Due are the promises whose time has come and that are not settled, DueSince when the first of them fell due; zero:
	// none.
	Due      int
	DueSince time.Time
	// Unknown are the replies that may have gone out.
	Unknown int
	// Held are the texts of the review queue, HeldSince when the first of them was said; zero: none.
	Held      int
	HeldSince time.Time
	// Parked are the inputs that were set aside and not replayed.
	Parked int
	// Counted is as of when the reports hold all; zero: they never did.
	Counted time.Time
}

// measure writes what the run did and what waits after it. What waits is written when nothing does, too: an alarm on an
// age must hear that it is over.
func (r *Relay) measure(ctx context.Context, did Report) error {
	if r.Metrics == nil {
		return nil
	}
	var s metrics.Set
	all := metrics.Labels{}
	s.Count(metrics.RepliesUnknown, did.Recovered.Unknown, all)
	s.Count(metrics.ActionsExpired, did.Recovered.Expired, all)
	s.Count(metrics.RepliesLost, did.Recovered.Lost, all)
	s.Count(metrics.ActionsRecovered, did.Recovered.Again+did.Recovered.Retried, all)
	s.Count(metrics.OptedOutBySilence, did.Silent, all)
	if did.Maintained.Busy {
		s.Count(metrics.PartitionsPostponed, 1, all)
	}
	now := r.Now()
	waits, err := r.Store.Gauges(ctx, now)
	if err == nil {
		s.Gauge(metrics.OutboxDue, waits.Due)
		s.Observe(metrics.OutboxOldest, age(waits.DueSince, now))
		s.Gauge(metrics.OutboxUnknown, waits.Unknown)
		s.Gauge(metrics.ReviewQueueOpen, waits.Held)
		s.Observe(metrics.ReviewQueueOldest, age(waits.HeldSince, now))
		s.Gauge(metrics.ParkedOpen, waits.Parked)
		if !waits.Counted.IsZero() {
			s.Observe(metrics.ReportsAge, age(waits.Counted, now))
		}
	}
	r.Metrics.Write(&s)
	return err
}

// age is how long ago a time was; nothing for the zero time.
func age(since, now time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return now.Sub(since)
}
