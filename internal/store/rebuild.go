package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// unfounded is the condition that a row c of the register is an opt-out of which the ledger, whose state is given, knows
// nothing. heed did not make it, and heed sets nobody free.
func unfounded(ledgerState string) string {
	return `c.state = 'opted_out' AND c.event_id IS NULL AND ` + ledgerState + ` IS DISTINCT FROM 'opted_out'`
}

// rederive writes the register of some contacts anew, from the ledger alone. Behind lockContacts nobody writes them
// meanwhile. What no event is known of is left as it is: it was not made by heed, and an opt-out may be among it.
var rederive = `
WITH derived AS (
    SELECT d.*, (SELECT max(e.id) FROM heed.consent_event e
                 WHERE e.contact = d.contact AND e.program = d.program AND e.state = d.state AND e.said_at = d.since) AS event_id
    FROM heed.consent_derived d WHERE d.contact = ANY ($1::text[])
), released AS (
    -- Every word of theirs was taken back: nothing is known of them, as before they spoke.
    DELETE FROM heed.consent c USING derived d
    WHERE c.program = d.program AND c.contact = d.contact AND d.state IS NULL AND NOT (` + unfounded("d.state") + `)
)
INSERT INTO heed.consent AS c (program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at)
SELECT program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at
FROM derived WHERE state IS NOT NULL ORDER BY program, contact
ON CONFLICT (program, contact) DO UPDATE
SET state = excluded.state, since = excluded.since, event_id = excluded.event_id, opted_in_at = excluded.opted_in_at,
    opted_out_at = excluded.opted_out_at, held_at = excluded.held_at
WHERE (c.state, c.since, c.event_id, c.opted_in_at, c.opted_out_at, c.held_at)
    IS DISTINCT FROM (excluded.state, excluded.since, excluded.event_id, excluded.opted_in_at, excluded.opted_out_at, excluded.held_at)
    AND NOT (` + unfounded("excluded.state") + `)`

// Drift is a row of the register that is not what the ledger comes to.
type Drift struct {
	Program string `json:"program"`
	Contact string `json:"contact"`
	// Kind is differs, missing (the ledger knows of somebody whom the register does not), or unfounded (no event of the
	// ledger stands behind the row, or behind its opt-out).
	Kind          string     `json:"kind"`
	State         string     `json:"state"`
	Since         *time.Time `json:"since,omitempty"`
	LedgerState   string     `json:"ledger_state"`
	LedgerSince   *time.Time `json:"ledger_since,omitempty"`
	RegisterEvent *int64     `json:"event_id,omitempty"`
}

// drift compares the two as of one moment. A row names the event behind it: that has to be one that says so.
var drift = `
SELECT coalesce(d.program, c.program), coalesce(d.contact, c.contact),
       CASE WHEN c.program IS NULL THEN 'missing' WHEN d.program IS NULL OR ` + unfounded("d.state") + ` THEN 'unfounded' ELSE 'differs' END,
       coalesce(c.state, ''), c.since, coalesce(d.state, ''), d.since, c.event_id
FROM heed.consent_derived d
FULL JOIN heed.consent c USING (program, contact)
LEFT JOIN heed.consent_event e ON e.id = c.event_id
WHERE NOT (c.program IS NULL AND d.state IS NULL)
  AND (c.state IS DISTINCT FROM d.state OR c.since IS DISTINCT FROM d.since
       OR (e.program, e.contact, e.state, e.said_at) IS DISTINCT FROM (c.program, c.contact, c.state, c.since))`

// CompareRegister recomputes the register from the ledger and hands over each row that differs. It gives how many rows
// the register has.
func (s *Store) CompareRegister(ctx context.Context, each func(Drift) error) (rows int64, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM heed.consent`).Scan(&rows); err != nil {
			return err
		}
		found, err := tx.Query(ctx, drift)
		if err != nil {
			return err
		}
		var d Drift
		_, err = pgx.ForEachRow(found, []any{&d.Program, &d.Contact, &d.Kind, &d.State, &d.Since, &d.LedgerState, &d.LedgerSince, &d.RegisterEvent},
			func() error { return each(d) })
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("compare the register with the ledger: %w", err)
	}
	return rows, nil
}

// RebuildRegister writes the register of some contacts anew, from the ledger, and gives how many rows it changed.
func (s *Store) RebuildRegister(ctx context.Context, contacts []string) (int64, error) {
	var changed int64
	err := s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(lockContacts, contacts)
		batch.Queue(rederive, contacts).Exec(func(tag pgconn.CommandTag) error { changed = tag.RowsAffected(); return nil })
		return s.send(ctx, batch)
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild the register: %w", err)
	}
	return changed, nil
}
