package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/outbox"
)

const beginPublishing = `INSERT INTO heed.publishing (since) VALUES ($1) ON CONFLICT (single) DO NOTHING`

// planWords gives out of each program's ledger what was not given out yet. Every change is in there, whoever wrote it, so
// that no writer need know of it.
//
// Nothing is skipped. Whoever appends to a program's ledger holds the row of its chain until they commit
// (heed.link_consent), so the numbers of a program become visible in their order: a statement that sees one sees all
// before it. How far to go is what this statement sees of the ledger itself, not what the chain's row says: that row may
// be newer, because locking it reads it anew. Rows that a writer holds wait for the next visit, and nobody for them.
//
// At most a thousand words wait in the outbox: a bus that is away for a day must not make a second copy of an import, the
// ledger keeps it as well. The limits are written out so that the planner knows how little this is.
const planWords = `
WITH head AS MATERIALIZED (
    SELECT c.program,
           coalesce(c.published, (SELECT coalesce(max(e.seq), 0) FROM heed.consent_event e WHERE e.program = c.program
                                    AND e.recorded_at < (SELECT since FROM heed.publishing WHERE single))) AS published,
           (SELECT coalesce(max(e.seq), 0) FROM heed.consent_event e WHERE e.program = c.program) AS seq
    FROM heed.consent_chain c
    WHERE c.published IS DISTINCT FROM c.seq
    ORDER BY c.seq - coalesce(c.published, 0) LIMIT 16
    FOR UPDATE SKIP LOCKED
), room AS (
    SELECT 1000 - count(*) AS free FROM (
        SELECT FROM heed.outbox WHERE kind = 'publish' AND state IN ('planned', 'claimed') LIMIT 1000) waiting
), share AS (
    -- Who has least to tell goes first: an import into one program does not hold back the STOP to another.
    SELECT program, published, published + greatest(0, least(seq - published, free - coalesce(
               sum(seq - published) OVER (ORDER BY seq - published, program ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))::int8 AS up_to
    FROM head CROSS JOIN room
), given AS (
    UPDATE heed.consent_chain c SET published = s.up_to FROM share s
    WHERE c.program = s.program AND c.published IS DISTINCT FROM s.up_to
)
INSERT INTO heed.outbox (chain, seq, kind, purpose, program, contact, identity, not_before, said_at, created_at)
SELECT 'consent/' || s.program || '/' || e.seq, 1, 'publish', 'consent_changed', s.program, e.contact, '', $1, e.said_at, $1
FROM share s CROSS JOIN LATERAL (
    SELECT e.seq, e.contact, e.said_at FROM heed.consent_event e
    WHERE e.program = s.program AND e.seq > s.published AND e.seq <= s.up_to AND e.forgotten_at IS NULL
    ORDER BY e.seq LIMIT 1000) e
ON CONFLICT (chain, seq) DO NOTHING`

// claimWords takes what waits longest. The words of a change of consent are made here of the ledger's row: the outbox holds
// no second copy of what a person said, and whoever was forgotten meanwhile is not told of.
const claimWords = `
WITH due AS (
    SELECT id FROM heed.outbox WHERE kind = 'publish' AND state = 'planned' AND not_before <= $1
    ORDER BY not_before LIMIT $3
    FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE heed.outbox o SET state = 'claimed', attempts = o.attempts + 1, claimed_until = $2
    FROM due WHERE o.id = due.id
    RETURNING o.*
)
SELECT c.id::text, c.chain, c.program, c.contact, c.purpose, coalesce(CASE WHEN e.id IS NULL THEN c.body ELSE heed.consent_words(e)::text END, ''), c.attempts
FROM claimed c LEFT JOIN heed.consent_event e
    ON c.purpose = 'consent_changed' AND e.program = c.program AND e.seq = substring(c.chain FROM '[0-9]+$')::int8
ORDER BY c.created_at, e.program, e.seq, c.chain`

// ClaimWords plans words of what changed in the ledger and claims at most limit that are due, in one round trip. Where
// nothing was ever published, publishing begins with what was recorded from since on.
func (s *Store) ClaimWords(ctx context.Context, limit int, since, now, until time.Time) ([]outbox.Action, error) {
	var words []outbox.Action
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(beginPublishing, since)
		batch.Queue(planWords, now)
		batch.Queue(claimWords, now, until, limit).Query(func(rows pgx.Rows) error {
			var err error
			words, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (outbox.Action, error) {
				a := outbox.Action{Seq: 1, Kind: outbox.Publish}
				err := row.Scan(&a.ID, &a.Chain, &a.Program, &a.Contact, &a.Purpose, &a.Body, &a.Attempts)
				return a, err
			})
			return err
		})
		return s.send(ctx, batch)
	})
	if err != nil {
		return nil, fmt.Errorf("claim words to the application: %w", err)
	}
	return words, nil
}
