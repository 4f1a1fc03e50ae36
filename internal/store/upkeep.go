package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/upkeep"
)

const (
	// lostAfter is when a reply that may have gone out is given up: AWS reports on a message for 72 hours.
	lostAfter = 73 * time.Hour
	// retryFailedSync is how often a list that could not be kept in step for a fault of the set-up is tried again,
	// and forgetFailedSync for how long.
	retryFailedSync  = time.Hour
	forgetFailedSync = 30 * 24 * time.Hour
)

// recoverActions takes up what a dead worker left. A reply that was claimed may have gone out, so it is unknown and
// never sent again; a list can be put right twice.
const recoverActions = `
WITH lapsed AS (
    SELECT id, kind FROM heed.outbox WHERE state = 'claimed' AND claimed_until < $1
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE heed.outbox o
    SET state = CASE WHEN o.kind = 'reply' THEN 'unknown' ELSE 'planned' END,
        error = 'worker_lost', claimed_until = NULL, lead = false,
        settled_at = CASE WHEN o.kind = 'reply' THEN $1::timestamptz END
    FROM lapsed l WHERE o.id = l.id
    RETURNING o.kind
)
SELECT count(*) FILTER (WHERE kind = 'reply'), count(*) FILTER (WHERE kind <> 'reply') FROM taken`

const expireActions = `
WITH overdue AS (
    SELECT id FROM heed.outbox WHERE state = 'planned' AND expires_at <= $1
    FOR UPDATE SKIP LOCKED
)
UPDATE heed.outbox o SET state = 'expired', error = 'expired', settled_at = $1 FROM overdue d WHERE o.id = d.id`

const loseActions = `
UPDATE heed.outbox SET state = 'lost' WHERE state = 'unknown' AND created_at < $1`

// retryFailed tries lists again that could not be kept in step, unless another action is about to. One that waits for AWS's
// 30 days, or for the comparison, is not: nobody's listing waits as long.
const retryFailed = `
UPDATE heed.outbox o SET state = 'planned', not_before = $1, settled_at = NULL
WHERE o.kind = 'sync_optout' AND ` + stillFailed + ` AND o.settled_at < $2 AND ` + triedSince + ` > $3
  AND NOT EXISTS (
      SELECT FROM heed.outbox other
      WHERE other.contact = o.contact AND other.opt_out_list = o.opt_out_list AND other.kind = 'sync_optout'
        AND coalesce(other.state, '') IN ('planned', 'claimed') AND other.not_before < $4)`

// Recover takes up what was left by workers that died, and closes what time has closed. Several may run at once.
func (s *Store) Recover(ctx context.Context, now time.Time) (upkeep.Recovered, error) {
	var r upkeep.Recovered
	err := s.retry(ctx, func() error {
		r = upkeep.Recovered{}
		batch := &pgx.Batch{}
		batch.Queue(recoverActions, now).QueryRow(func(row pgx.Row) error { return row.Scan(&r.Unknown, &r.Again) })
		count := func(n *int, statement string, args ...any) {
			batch.Queue(statement, args...).Exec(func(tag pgconn.CommandTag) error { *n = int(tag.RowsAffected()); return nil })
		}
		count(&r.Expired, expireActions, now)
		count(&r.Lost, loseActions, now.Add(-lostAfter))
		count(&r.Retried, retryFailed, now, now.Add(-retryFailedSync), now.Add(-forgetFailedSync), now.Add(retryFailedSync))
		return s.send(ctx, batch)
	})
	if err != nil {
		return upkeep.Recovered{}, fmt.Errorf("recover actions: %w", err)
	}
	return r, nil
}

// daysAhead is how far partitions are made ahead: a fortnight in which nobody need notice a relay that stands still.
const daysAhead = 14

// Maintain makes partitions ahead and drops what is older than it has to be kept.
func (s *Store) Maintain(ctx context.Context, now time.Time, keep upkeep.Kept) (upkeep.Maintained, error) {
	var m upkeep.Maintained
	today := now.UTC().Truncate(24 * time.Hour)
	err := s.pool.QueryRow(ctx, `SELECT heed.make_partitions($1::date, $2::date)`, today, today.AddDate(0, 0, daysAhead)).Scan(&m.PartitionsMade)
	if isBusy(err) {
		m.Busy = true
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("make partitions: %w", err)
	}
	for _, old := range []struct {
		table string
		age   time.Duration
	}{{"delivery_event", keep.Events}, {"message", keep.Messages}, {"delivery_quarter", keep.Messages}} { // the counts after what they count
		if old.age <= 0 {
			continue
		}
		dropped := 0
		batch := &pgx.Batch{}
		batch.Queue(lockRemoval)
		batch.Queue(`SELECT heed.drop_partitions($1, $2::date)`, old.table, today.Add(-old.age)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&dropped) })
		if err := s.send(ctx, batch); isBusy(err) {
			m.Busy = true
		} else if err != nil {
			return m, fmt.Errorf("drop old partitions of %s: %w", old.table, err)
		}
		m.PartitionsDropped += dropped
	}
	return m, nil
}

// isBusy says that somebody reads or writes a table at length, or writes what was to be removed. The partitions wait for
// the next minute: a lock that is waited for would make every writer wait behind it.
func isBusy(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "55P03" || pg.Code == "40P01")
}
