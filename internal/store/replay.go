package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/parking"
	"github.com/heedsms/heed/internal/sms"
)

// parkedPage reads what was parked and not replayed, in the order of its ids. A page ends early where its bodies would
// fill the memory.
const parkedPage = `
WITH page AS (
    SELECT id, source, source_id, reason, error, body, encoding, parked_at
    FROM heed.parked
    WHERE id > $1 AND replayed_at IS NULL AND parked_at >= $2 AND parked_at < $3
      AND (cardinality($4::text[]) = 0 OR reason = ANY ($4)) AND (cardinality($5::int8[]) = 0 OR id = ANY ($5))
    ORDER BY id LIMIT $6
)
SELECT id, source, source_id, reason, error, body, encoding, parked_at
FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS before FROM page) p
WHERE before < $7 ORDER BY id`

// pageBytes is about how much of parked bodies is held in memory.
const pageBytes = 8 << 20

// Parked reads at most so many parked inputs behind an id. None are left when it returns none.
func (s *Store) Parked(ctx context.Context, f parking.Filter, after int64, most int) ([]parking.Row, error) {
	// A nil slice would be NULL.
	reasons, ids := append([]string{}, f.Reasons...), append([]int64{}, f.IDs...)
	rows, err := s.pool.Query(ctx, parkedPage, after, f.Since, f.Until, reasons, ids, most, pageBytes)
	if err != nil {
		return nil, fmt.Errorf("read parked inputs: %w", err)
	}
	page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (parking.Row, error) {
		var r parking.Row
		err := row.Scan(&r.ID, &r.Source, &r.SourceID, &r.Reason, &r.Error, &r.Body, &r.Encoding, &r.At)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("read parked inputs: %w", err)
	}
	return page, nil
}

const (
	markReplayed = `UPDATE heed.parked SET replayed_at = $2 WHERE id = ANY ($1::int8[]) AND replayed_at IS NULL`

	renewReasons = `
UPDATE heed.parked p SET reason = x.reason, error = x.error
FROM unnest($1::int8[], $2::text[], $3::text[]) AS x (id, reason, error)
WHERE p.id = x.id AND p.replayed_at IS NULL AND (p.reason, p.error) IS DISTINCT FROM (x.reason, x.error)`
)

// Replayed notes that parked inputs were taken, and why others were parked again.
func (s *Store) Replayed(ctx context.Context, taken []int64, again []parking.Row, now time.Time) error {
	batch := &pgx.Batch{}
	if len(taken) > 0 {
		batch.Queue(markReplayed, taken, now)
	}
	if len(again) > 0 {
		ids, reasons, details := make([]int64, len(again)), make([]string, len(again)), make([]string, len(again))
		for i, r := range again {
			ids[i], reasons[i], details[i] = r.ID, r.Reason, r.Error
		}
		batch.Queue(renewReasons, ids, reasons, details)
	}
	if err := s.retry(ctx, func() error { return s.send(ctx, batch) }); err != nil {
		return fmt.Errorf("note what was replayed: %w", err)
	}
	return nil
}

// KnownTexts says how many of these texts are recorded.
func (s *Store) KnownTexts(ctx context.Context, texts []sms.Inbound) (known int, err error) {
	identity, id, variant := make([]string, len(texts)), make([]string, len(texts)), make([]string, len(texts))
	for i, t := range texts {
		identity[i], id[i], variant[i] = string(t.Identity), t.ID, string(t.Variant)
	}
	err = s.pool.QueryRow(ctx, `
SELECT count(*) FROM unnest($1::text[], $2::text[], $3::text[]) AS x (identity, id, variant)
WHERE EXISTS (SELECT FROM heed.inbound i WHERE i.identity = x.identity AND i.inbound_message_id = x.id AND i.variant = x.variant)`,
		identity, id, variant).Scan(&known)
	if err != nil {
		return 0, fmt.Errorf("look for recorded texts: %w", err)
	}
	return known, nil
}

// KnownEvents says how many of these delivery events are recorded.
func (s *Store) KnownEvents(ctx context.Context, events []sms.Event) (known int, err error) {
	id, kind, at := make([]string, len(events)), make([]string, len(events)), make([]time.Time, len(events))
	for i := range events {
		id[i], kind[i], at[i] = events[i].MessageID, events[i].Type, events[i].OccurredAt
	}
	err = s.pool.QueryRow(ctx, `
SELECT count(*) FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS x (message_id, event_type, occurred_at)
WHERE EXISTS (SELECT FROM heed.delivery_event e
              WHERE e.message_id = x.message_id AND e.event_type = x.event_type AND e.occurred_at = x.occurred_at)`,
		id, kind, at).Scan(&known)
	if err != nil {
		return 0, fmt.Errorf("look for recorded events: %w", err)
	}
	return known, nil
}

// Forgotten says which of these contacts were forgotten, and when.
func (s *Store) Forgotten(ctx context.Context, contacts []sms.Phone) (map[sms.Phone]time.Time, error) {
	forgotten := map[sms.Phone]time.Time{}
	// The keyed hash of each contact is made only where anybody was ever forgotten.
	rows, err := s.pool.Query(ctx, `
SELECT c, f.forgotten_at FROM unnest($1::text[]) AS c JOIN heed.forgotten f ON f.contact = heed.pseudonym(c)
WHERE EXISTS (SELECT FROM heed.forgotten)`, contacts)
	if err == nil {
		var contact sms.Phone
		var at time.Time
		_, err = pgx.ForEachRow(rows, []any{&contact, &at}, func() error {
			forgotten[contact] = at
			return nil
		})
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return nil, fmt.Errorf("look for people who were forgotten: %w (as the owner of heed's tables, GRANT SELECT ON heed.forgotten TO this role)", err)
	}
	if err != nil {
		return nil, fmt.Errorf("look for people who were forgotten: %w", err)
	}
	return forgotten, nil
}

// Publishes says whether an application listens on a bus: whether a function ever started that knew one.
func (s *Store) Publishes(ctx context.Context) (publishes bool, err error) {
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM heed.publishing)`).Scan(&publishes); err != nil {
		return false, fmt.Errorf("look whether anybody listens: %w", err)
	}
	return publishes, nil
}
