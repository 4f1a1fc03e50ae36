package store

import (
	"context"
	"fmt"
	"time"

	"github.com/heedsms/heed/internal/upkeep"
)

// gauges counts what waits, each by an index of what is open. The limits keep a minute's look cheap when a day's work
// waits.
const gauges = `
SELECT (SELECT count(*) FROM (SELECT FROM heed.outbox WHERE state IN ('planned', 'claimed') AND not_before <= $1 LIMIT $2) o),
       (SELECT min(not_before) FROM heed.outbox WHERE state IN ('planned', 'claimed') AND not_before <= $1),
       (SELECT count(*) FROM (SELECT FROM heed.outbox WHERE state = 'unknown' LIMIT $2) o),
       q.open, q.since,
       (SELECT count(*) FROM (SELECT FROM heed.parked WHERE replayed_at IS NULL LIMIT $2) p),
       (SELECT refreshed_at FROM heed.rollup_state)
FROM (SELECT count(*) AS open, min(e.said_at) AS since` + stillOpen + `) q`

// mostCounted is where the gauges end.
const mostCounted = 100_000

// Gauges counts what waits: promises that are due, replies that may have gone out, the review queue, parked inputs.
func (s *Store) Gauges(ctx context.Context, now time.Time) (upkeep.Gauges, error) {
	var g upkeep.Gauges
	var due, held, counted *time.Time
	err := s.pool.QueryRow(ctx, gauges, now, mostCounted).Scan(&g.Due, &due, &g.Unknown, &g.Held, &held, &g.Parked, &counted)
	if err != nil {
		return upkeep.Gauges{}, fmt.Errorf("count what waits: %w", err)
	}
	for _, at := range []struct {
		from *time.Time
		to   *time.Time
	}{{due, &g.DueSince}, {held, &g.HeldSince}, {counted, &g.Counted}} {
		if at.from != nil {
			*at.to = *at.from
		}
	}
	return g, nil
}
