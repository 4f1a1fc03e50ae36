package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Place is where a text stands among all texts: by when the person spoke, then by its key. No two texts share one.
type Place struct {
	SaidAt   time.Time `json:"said_at"`
	Identity string    `json:"identity"`
	ID       string    `json:"inbound_message_id"`
	Variant  string    `json:"variant"`
}

// PastText is a text as it was recorded, with what it was taken to mean.
type PastText struct {
	Place
	Contact, Program         string
	Body, Raw                string
	Verdict, Reason, Matched string
}

// The key of a page goes on where the last one ended, so a page costs the same wherever it lies, and texts that were
// said at one moment are neither skipped nor seen twice.
const pastTexts = `
SELECT said_at, identity, inbound_message_id, variant, contact, program, body, raw, verdict, reason, matched
FROM heed.inbound
WHERE (said_at, identity, inbound_message_id, variant) > ($1, $2, $3, $4) AND said_at < $5
  -- What retention has emptied cannot be read again.
  AND body_removed_at IS NULL
ORDER BY said_at, identity, inbound_message_id, variant
LIMIT $6`

// PastTexts gives the next texts after a place, said before a time, in the order in which people spoke. A place that
// has a time only stands before all texts of that time. An empty page is the end.
func (s *Store) PastTexts(ctx context.Context, after Place, until time.Time, most int) ([]PastText, error) {
	rows, err := s.pool.Query(ctx, pastTexts, after.SaidAt, after.Identity, after.ID, after.Variant, until, most)
	if err != nil {
		return nil, fmt.Errorf("read past texts: %w", err)
	}
	page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t PastText, err error) {
		err = row.Scan(&t.SaidAt, &t.Identity, &t.ID, &t.Variant, &t.Contact, &t.Program, &t.Body, &t.Raw, &t.Verdict, &t.Reason, &t.Matched)
		t.SaidAt = t.SaidAt.UTC()
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read past texts: %w", err)
	}
	return page, nil
}
