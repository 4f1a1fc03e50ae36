package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/sms"
)

const (
	// A sign of life is looked for so often, and for so many people in a run.
	lookForLifeEvery = 5 * time.Minute
	lookForLifeMost  = 500
)

// liftSuspensions lifts each suspension of a few people as of the first sign of life after it that is known, whenever
// the relay comes by. A message may have been asked for
// some days before AWS told that it arrived.
const liftSuspensions = `
WITH due AS (
    SELECT id, contact, since FROM heed.suspension
    WHERE lifted_at IS NULL AND coalesce(checked_at, '-infinity'::timestamptz) < $2
    ORDER BY coalesce(checked_at, '-infinity'::timestamptz) LIMIT $3
    FOR UPDATE SKIP LOCKED
), looked AS (
    UPDATE heed.suspension s
    SET checked_at = $1, lifted_at = least(t.at, m.at),
        lifted_by = CASE least(t.at, m.at) WHEN t.at THEN 'text' WHEN m.at THEN 'delivery' END
    FROM due d
    LEFT JOIN LATERAL (SELECT min(i.said_at) AS at FROM heed.inbound i WHERE i.contact = d.contact AND i.said_at > d.since) t ON true
    LEFT JOIN LATERAL (
        SELECT min(sign.at) AS at
        FROM heed.message m CROSS JOIN LATERAL (VALUES (m.accepted_at), (m.delivered_at), (m.read_at)) AS sign (at)
        WHERE m.contact = d.contact AND m.requested_at > d.since - interval '4 days' AND sign.at > d.since) m ON true
    WHERE s.id = d.id
    RETURNING s.lifted_at
)
SELECT count(lifted_at) FROM looked`

// LiftSuspensions looks for signs of life of people whose number was said to be invalid: a text of theirs, or a message
// that a carrier took or that reached them. It gives the number of suspensions that it lifted.
func (s *Store) LiftSuspensions(ctx context.Context, now time.Time) (int, error) {
	var lifted int
	err := s.retry(ctx, func() error {
		return s.pool.QueryRow(ctx, liftSuspensions, now, now.Add(-lookForLifeEvery), lookForLifeMost).Scan(&lifted)
	})
	if err != nil {
		return 0, fmt.Errorf("lift suspensions: %w", err)
	}
	return lifted, nil
}

const resume = `
WITH resumed AS (
    UPDATE heed.suspension SET lifted_at = $2, lifted_by = $3, evidence = evidence || jsonb_build_object('lift_reason', $4::text)
    WHERE contact = $1 AND lifted_at IS NULL AND since <= $2
    RETURNING 1
)
SELECT count(*) FROM resumed`

// Resume lifts the suspensions of a contact by hand. It gives their number.
func (s *Store) Resume(ctx context.Context, contact sms.Phone, by, reason string, now time.Time) (int, error) {
	lifted := 0
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(lockContacts, []string{string(contact)})
		batch.Queue(resume, contact, now, by, reason).QueryRow(func(row pgx.Row) error { return row.Scan(&lifted) })
		return s.send(ctx, batch)
	})
	if err != nil {
		return 0, fmt.Errorf("lift suspensions: %w", err)
	}
	return lifted, nil
}
