package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

// work is what the decisions on some numbers come to.
type work struct {
	changes []consent.Change
	// Contacts whose number is to be put on the list or taken off it, with the program that says so.
	contacts, programs []string
	purposes           []string
	evident            int // so many changes have their evidence
}

func (w *work) add(contact sms.Phone, v reconcile.Verdict, to *reconcile.Progress) {
	to.Counts[v.Decision]++
	for _, o := range v.Record {
		w.changes = append(w.changes, consent.Change{
			Program: o.Program, Contact: contact, State: optout.OptedOut, SaidAt: o.SaidAt, Source: "aws", Actor: "heed reconcile",
		})
	}
	if v.Sync != "" {
		purpose := outbox.Purpose("")
		if v.Release {
			purpose = outbox.ForRelease
		}
		w.contacts, w.programs, w.purposes = append(w.contacts, string(contact)), append(w.programs, v.Sync), append(w.purposes, string(purpose))
	}
}

// evidence is what AWS said of the number that was added last.
func (w *work) evidence(list string, e reconcile.Entry) {
	for ; w.evident < len(w.changes); w.evident++ {
		w.changes[w.evident].Evidence = map[string]any{
			"list": list, "OptedOutTimestamp": e.At.UTC().Format(time.RFC3339Nano), "EndUserOptedOut": e.ByEndUser,
		}
	}
}

// planAgreement plans that AWS's list is made to agree. What is done is decided when it is done, by the register of that
// moment. The chain holds the pass: a step that is repeated plans nothing twice, and the next pass is free to.
var planAgreement = `
WITH planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, purpose, not_before, said_at, created_at)
    SELECT $3 || w.contact, 1, 'sync_optout', w.program, w.contact,
        ` + textedLast("w") + `, $4, nullif(w.purpose, ''), $5, $5, $5
    FROM unnest($1::text[], $2::text[], $6::text[]) AS w (contact, program, purpose)
    ON CONFLICT (chain, seq) DO NOTHING
    RETURNING contact, program
)
UPDATE heed.consent c SET aws_state = 'pending', aws_locked_until = NULL
FROM planned p WHERE c.contact = p.contact AND c.program = p.program`

// write carries out what was decided, the calls to AWS apart: those are promises.
func (p *pass) write(ctx context.Context, tx pgx.Tx, w work, started, now time.Time) error {
	if p.dry {
		return nil
	}
	batch := &pgx.Batch{}
	if len(w.changes) > 0 {
		args, _, err := changeArgs(w.changes, now)
		if err != nil {
			return err
		}
		batch.Queue(recordChanges, args...)
	}
	if len(w.contacts) > 0 {
		batch.Queue(planAgreement, w.contacts, w.programs, passChain(p.list.Name, started), p.list.Name, now, w.purposes)
	}
	if batch.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, batch).Close()
}

// passChain is how the chains begin of what a pass over a list has planned.
func passChain(list string, started time.Time) string {
	return "reconcile/" + list + "/" + strconv.FormatInt(started.UnixMicro(), 10) + "/"
}

const duePlanned = `
SELECT chain FROM heed.outbox WHERE chain ^@ $1 AND state = 'planned' AND not_before <= $2 ORDER BY chain LIMIT $3`

// DueOfPass are chains that a pass has planned and that are due, at most limit.
func (s *Store) DueOfPass(ctx context.Context, list string, started, now time.Time, limit int) ([]string, error) {
	rows, err := s.pool.Query(ctx, duePlanned, passChain(list, started), now, limit)
	if err != nil {
		return nil, fmt.Errorf("read what a pass has planned: %w", err)
	}
	chains, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read what a pass has planned: %w", err)
	}
	return chains, nil
}

// Planned says what became of what a pass has planned.
type Planned struct {
	Put     int `json:"put"`     // on AWS's list
	Removed int `json:"removed"` // off it
	Moot    int `json:"moot"`    // the register had changed by then, or another action did it
	Waiting int `json:"waiting"` // planned, or with another worker
	// Failed by reason.
	Failed map[string]int `json:"failed,omitempty"`
	// ClaimedUntil is when the last claim of another worker ends.
	ClaimedUntil *time.Time `json:"-"`
}

const countPlanned = `
SELECT CASE WHEN state = 'failed' THEN 'failed'
            WHEN state = 'planned' AND error = 'locked_optout' THEN 'locked' -- told with those of other passes
            WHEN state IN ('planned', 'claimed') THEN 'waiting'
            ELSE coalesce(did, 'left_alone') END AS became,
       CASE WHEN state = 'failed' THEN coalesce(error, '') ELSE '' END AS reason,
       count(*), max(claimed_until)
FROM heed.outbox WHERE chain ^@ $1
GROUP BY became, reason`

// PlannedOfPass says what became of what a pass has planned.
func (s *Store) PlannedOfPass(ctx context.Context, list string, started time.Time) (Planned, error) {
	var p Planned
	rows, err := s.pool.Query(ctx, countPlanned, passChain(list, started))
	if err != nil {
		return p, fmt.Errorf("read what a pass has planned: %w", err)
	}
	var became, reason string
	var n int
	var claimed *time.Time
	_, err = pgx.ForEachRow(rows, []any{&became, &reason, &n, &claimed}, func() error {
		switch became {
		case "failed":
			if p.Failed == nil {
				p.Failed = map[string]int{}
			}
			p.Failed[reason] = n
		case "locked":
		case "waiting":
			p.Waiting, p.ClaimedUntil = n, claimed
		case "listed":
			p.Put = n
		case "not_listed":
			p.Removed = n
		default:
			p.Moot += n
		}
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("read what a pass has planned: %w", err)
	}
	return p, nil
}

// Locked are numbers that AWS does not let go of before its 30 days are over, the first of them at First.
type Locked struct {
	Numbers int        `json:"numbers"`
	First   *time.Time `json:"first,omitempty"`
}

// LockedOn counts the numbers that are to leave a list and may not yet.
func (s *Store) LockedOn(ctx context.Context, list string) (Locked, error) {
	var l Locked
	err := s.pool.QueryRow(ctx, `
SELECT count(DISTINCT contact), min(not_before) FROM heed.outbox
WHERE state = 'planned' AND kind = 'sync_optout' AND error = 'locked_optout' AND opt_out_list = $1`, list).Scan(&l.Numbers, &l.First)
	if err != nil {
		return l, fmt.Errorf("count locked numbers: %w", err)
	}
	return l, nil
}
