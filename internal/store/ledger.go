package store

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/sms"
)

const chainHeads = `SELECT program, seq, hash FROM heed.consent_chain ORDER BY program`

const links = `
SELECT id, seq, program, state, said_at, recorded_at, source, of_event, salt::text, contact, inbound_message_id, actor, evidence::text,
       forgotten_at IS NOT NULL, sealed, hash
FROM heed.consent_event
WHERE ($1 = '' OR program = $1)
ORDER BY program, seq`

// WalkLedger reads the whole ledger as of one moment: first the heads of the chains, then each event, program by
// program in the order of its chain. Of one program only where it is named. It holds one event at a time.
func (s *Store) WalkLedger(ctx context.Context, program string, begin func(heads []ledger.Head), each func(*ledger.Link) error) error {
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		heads, err := readHeads(ctx, tx, program)
		if err != nil {
			return err
		}
		begin(heads)
		rows, err := tx.Query(ctx, links, program)
		if err != nil {
			return err
		}
		var l ledger.Link
		_, err = pgx.ForEachRow(rows, []any{
			&l.ID, &l.Seq, &l.Program, &l.State, &l.SaidAt, &l.RecordedAt, &l.Source, &l.OfEvent, &l.Salt, &l.Contact, &l.InboundMessageID,
			&l.Actor, &l.Evidence, &l.Forgotten, &l.Sealed, &l.Hash,
		}, func() error { return each(&l) })
		return err
	})
	if err != nil {
		return fmt.Errorf("walk the ledger: %w", err)
	}
	return nil
}

func readHeads(ctx context.Context, tx pgx.Tx, program string) ([]ledger.Head, error) {
	rows, err := tx.Query(ctx, chainHeads)
	if err != nil {
		return nil, err
	}
	var heads []ledger.Head
	var h ledger.Head
	_, err = pgx.ForEachRow(rows, []any{&h.Program, &h.Seq, (*[]byte)(&h.Hash)}, func() error {
		if program == "" || h.Program == program {
			heads = append(heads, ledger.Head{Program: h.Program, Seq: h.Seq, Hash: append(ledger.Hex{}, h.Hash...)})
		}
		return nil
	})
	return heads, err
}

// Programs gives the programs that the ledger knows.
func (s *Store) Programs(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, `SELECT program FROM heed.consent_chain ORDER BY program`)
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	return names, nil
}

// Event is one consent event, as history tells it.
type Event struct {
	ID               int64          `json:"id"`
	Program          string         `json:"program"`
	State            string         `json:"state"`
	SaidAt           time.Time      `json:"said_at"`
	RecordedAt       time.Time      `json:"recorded_at"`
	Source           string         `json:"source"`
	Actor            string         `json:"actor,omitempty"`
	InboundMessageID string         `json:"inbound_message_id,omitempty"`
	OfEvent          *int64         `json:"of_event,omitempty"`
	Seq              int64          `json:"seq"`
	Hash             ledger.Hex     `json:"hash"`
	Forgotten        bool           `json:"forgotten,omitempty"`
	Evidence         jsontext.Value `json:"evidence"`
}

const eventsOf = `
SELECT id, program, state, said_at, recorded_at, source, coalesce(actor, ''), coalesce(inbound_message_id, ''), of_event, seq, hash,
       forgotten_at IS NOT NULL, evidence::text
FROM heed.consent_event
WHERE contact IN ($1, heed.pseudonym($1)) AND ($2 = '' OR program = $2)
ORDER BY said_at, id`

// Events gives what the ledger holds of a contact, in the order of speaking; of one program only where it is named.
func (s *Store) Events(ctx context.Context, contact sms.Phone, program string) ([]Event, error) {
	rows, err := s.pool.Query(ctx, eventsOf, string(contact), program)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Event, err error) {
		err = row.Scan(&e.ID, &e.Program, &e.State, &e.SaidAt, &e.RecordedAt, &e.Source, &e.Actor, &e.InboundMessageID, &e.OfEvent, &e.Seq,
			(*[]byte)(&e.Hash), &e.Forgotten, (*[]byte)(&e.Evidence))
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return all, nil
}
