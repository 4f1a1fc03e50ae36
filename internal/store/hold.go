package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/sms"
)

// Hold is a legal hold: while it is open, retention removes nothing about the contact, and nobody can have them
// forgotten.
type Hold struct {
	ID         int64      `json:"id"`
	Contact    sms.Phone  `json:"contact"`
	Reason     string     `json:"reason"`
	PlacedAt   time.Time  `json:"placed_at"`
	PlacedBy   string     `json:"placed_by"`
	LiftedAt   *time.Time `json:"lifted_at,omitempty"`
	LiftedBy   *string    `json:"lifted_by,omitempty"`
	LiftReason *string    `json:"lift_reason,omitempty"`
}

// PlaceHold puts a contact on hold and gives the hold's id. A contact may be on several: two suits are two holds.
func (s *Store) PlaceHold(ctx context.Context, contact sms.Phone, by, reason string, now time.Time) (int64, error) {
	var id int64
	batch := &pgx.Batch{}
	batch.Queue(lockContacts, []string{string(contact)}) // who is being forgotten at this moment is gone
	batch.Queue(lockRemoval)                             // and what is being removed
	batch.Queue(`INSERT INTO heed.legal_hold (contact, reason, placed_at, placed_by) VALUES ($1, $2, $3, $4) RETURNING id`, contact, reason, now, by).
		QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	if err := s.send(ctx, batch); err != nil {
		return 0, fmt.Errorf("place a legal hold: %w", err)
	}
	return id, nil
}

// LiftHold lifts a hold; false when there is no open one of this id.
func (s *Store) LiftHold(ctx context.Context, id int64, by, reason string, now time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE heed.legal_hold SET lifted_at = $2, lifted_by = $3, lift_reason = $4 WHERE id = $1 AND lifted_at IS NULL`, id, now, by, reason)
	if err != nil {
		return false, fmt.Errorf("lift a legal hold: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

const holds = `
SELECT id, contact, reason, placed_at, placed_by, lifted_at, lifted_by, lift_reason FROM heed.legal_hold
WHERE ($1 = '' OR contact = $1) AND ($2 OR lifted_at IS NULL) ORDER BY id`

// Holds lists the open holds of a contact, or of everybody for ""; with lifted, those that were lifted too.
func (s *Store) Holds(ctx context.Context, contact sms.Phone, lifted bool) ([]Hold, error) {
	rows, err := s.pool.Query(ctx, holds, contact, lifted)
	if err != nil {
		return nil, fmt.Errorf("read legal holds: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Hold])
	if err != nil {
		return nil, fmt.Errorf("read legal holds: %w", err)
	}
	return all, nil
}
