package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/roster"
)

// Rehearsal is an import that changes nothing. What its rows would come to is kept in a table that no other session
// sees, so that later rows of the file meet the earlier ones. Nobody waits for it.
type Rehearsal struct{ conn *pgxpool.Conn }

// Rehearse begins a rehearsal. Close it.
func (s *Store) Rehearse(ctx context.Context) (*Rehearsal, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin a rehearsal: %w", err)
	}
	_, err = conn.Exec(ctx, `
CREATE TEMPORARY TABLE rehearsed (contact text COLLATE "C", program text COLLATE "C", said_at timestamptz, state text COLLATE "C",
    PRIMARY KEY (contact, program, said_at, state))`)
	if err != nil {
		conn.Release()
		return nil, fmt.Errorf("begin a rehearsal: %w", err)
	}
	return &Rehearsal{conn}, nil
}

// Close forgets what was rehearsed.
func (r *Rehearsal) Close(ctx context.Context) error {
	defer r.conn.Release()
	if _, err := r.conn.Exec(ctx, `DROP TABLE rehearsed`); err != nil {
		return fmt.Errorf("end a rehearsal: %w", err)
	}
	return nil
}

var (
	registerRehearsed = `
SELECT h.ord, c.state, c.since, c.event_id, greatest(c.opted_in_at, r.opted_in_at), greatest(c.opted_out_at, r.opted_out_at),
       greatest(c.held_at, r.held_at)
FROM (` + rows(1, "ord int4, program text, contact text") + `) h
LEFT JOIN heed.consent c ON c.program = h.program AND c.contact = h.contact
CROSS JOIN LATERAL (
    SELECT count(*) AS n, max(r.said_at) FILTER (WHERE r.state = 'opted_in') AS opted_in_at,
           max(r.said_at) FILTER (WHERE r.state = 'opted_out') AS opted_out_at, max(r.said_at) FILTER (WHERE r.state = 'held') AS held_at
    FROM pg_temp.rehearsed r WHERE r.contact = h.contact AND r.program = h.program) r
WHERE c.program IS NOT NULL OR r.n > 0`

	changesRehearsed = `
SELECT h.ord, bool_or(e.before)
FROM (` + rows(2, "ord int4, program text, contact text, state text, said_at timestamptz") + `) h
CROSS JOIN LATERAL (
    SELECT e.id <= $1 AS before FROM heed.consent_event e
    WHERE e.contact = h.contact AND e.program = h.program AND e.said_at = h.said_at AND e.state = h.state AND e.of_event IS NULL
    UNION ALL
    SELECT false FROM pg_temp.rehearsed r
    WHERE r.contact = h.contact AND r.program = h.program AND r.said_at = h.said_at AND r.state = h.state) e
GROUP BY h.ord`
)

const copyRehearsed = `COPY pg_temp.rehearsed (contact, program, said_at, state) FROM STDIN (FORMAT binary)`

// ImportConsent says what [Store.ImportConsent] would do with rows of a list.
func (r *Rehearsal) ImportConsent(ctx context.Context, entries []*roster.Entry, how Import, _ time.Time) (Imported, error) {
	var did Imported
	err := pgx.BeginFunc(ctx, r.conn, func(tx pgx.Tx) error {
		known, err := importLook{registerRehearsed, changesRehearsed, true}.up(ctx, tx, entries, how.After)
		if err != nil {
			return err
		}
		did = judgeImport(entries, known, how)
		c := newCopy(len(did.New))
		for _, i := range did.New {
			e := entries[i]
			c.row(4)
			c.texts(string(e.Contact), e.Program)
			c.times(e.SaidAt)
			c.texts(string(e.State))
		}
		return c.send(ctx, tx, copyRehearsed)
	})
	if err != nil {
		return Imported{}, fmt.Errorf("rehearse lines %d to %d: %w", entries[0].Line, entries[len(entries)-1].Line, err)
	}
	return did, nil
}
