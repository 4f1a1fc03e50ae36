package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/sms"
)

const questionColumns = `
SELECT e.id, e.program, e.contact, e.said_at, coalesce(e.evidence ->> 'text', ''), coalesce(e.evidence ->> 'reason', ''),
       coalesce(e.evidence ->> 'matched', ''), coalesce(c.state, ''),
       coalesce(CASE d.state WHEN 'opted_out' THEN 'opt_out' WHEN 'released' THEN 'none' END, ''),
       coalesce(d.evidence ->> 'reason', ''), coalesce(d.actor, ''), CASE WHEN d.state <> 'held' THEN d.recorded_at END,
       coalesce(CASE WHEN d.state <> 'held' THEN d.id END, 0)`

const lastDecision = `
LEFT JOIN LATERAL (SELECT d.* FROM heed.consent_event d WHERE d.of_event = e.id ORDER BY d.id DESC LIMIT 1) d ON true`

// stillOpen finds the questions, e, that hold somebody now.
const stillOpen = `
FROM heed.consent c
JOIN heed.consent_event e ON e.contact = c.contact AND e.program = c.program AND e.state = 'held' AND e.of_event IS NULL
     AND e.said_at >= coalesce(c.opted_in_at, '-infinity')` + lastDecision + `
WHERE c.state = 'held' AND d.state IS DISTINCT FROM 'released'`

// openQuestions are those, the oldest first.
const openQuestions = questionColumns + stillOpen + ` AND ($1 = '' OR c.program = $1)
  AND ($3::bigint = 0 OR (e.said_at, e.id) > (SELECT k.said_at, k.id FROM heed.consent_event k WHERE k.id = $3))
ORDER BY e.said_at, e.id
LIMIT $2`

// decidedQuestions are those that somebody decided, the newest decision first.
const decidedQuestions = questionColumns + `
FROM heed.consent_event d
JOIN heed.consent_event e ON e.id = d.of_event
LEFT JOIN heed.consent c ON c.program = e.program AND c.contact = e.contact
WHERE d.of_event IS NOT NULL AND ($1 = '' OR d.program = $1) AND d.state <> 'held' AND ($3::bigint = 0 OR d.id < $3)
  AND NOT EXISTS (SELECT FROM heed.consent_event later WHERE later.of_event = d.of_event AND later.id > d.id)
ORDER BY d.id DESC
LIMIT $2`

// Questions gives a part of the review queue: what is open, or what was decided.
func (s *Store) Questions(ctx context.Context, asked consent.Queue) ([]consent.Question, error) {
	query := openQuestions
	if asked.Decided {
		query = decidedQuestions
	}
	rows, err := s.pool.Query(ctx, query, asked.Program, asked.Limit, asked.After)
	if err != nil {
		return nil, fmt.Errorf("read the review queue: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (q consent.Question, err error) {
		err = row.Scan(&q.ID, &q.Program, &q.Contact, &q.SaidAt, &q.Text, &q.Reason, &q.Matched, &q.Standing, &q.Decision, &q.Why, &q.DecidedBy, &q.DecidedAt, &q.DecisionID)
		utc(&q.SaidAt, q.DecidedAt)
		return q, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the review queue: %w", err)
	}
	return all, nil
}

const oneQuestion = questionColumns + `
FROM heed.consent_event e
LEFT JOIN heed.consent c ON c.program = e.program AND c.contact = e.contact` + lastDecision + `
WHERE e.id = $1 AND e.state = 'held' AND e.of_event IS NULL`

// Question gives one text of the review queue, open or decided.
func (s *Store) Question(ctx context.Context, id int64) (consent.Question, error) {
	var q consent.Question
	err := s.pool.QueryRow(ctx, oneQuestion, id).Scan(&q.ID, &q.Program, &q.Contact, &q.SaidAt, &q.Text, &q.Reason, &q.Matched, &q.Standing,
		&q.Decision, &q.Why, &q.DecidedBy, &q.DecidedAt, &q.DecisionID)
	if errors.Is(err, pgx.ErrNoRows) {
		return q, consent.ErrNoQuestion
	}
	if err != nil {
		return q, fmt.Errorf("read the review queue: %w", err)
	}
	utc(&q.SaidAt, q.DecidedAt)
	return q, nil
}

// decide adds the decision, unless it stands already. It counts as said when the text was said: whatever the person said
// since outweighs it.
const decide = `
INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, recorded_at, of_event)
SELECT e.program, e.contact, $2, e.said_at, 'review', $3::jsonb, $4, $5, e.id
FROM heed.consent_event e` + lastDecision + `
WHERE e.id = $1 AND e.state = 'held' AND e.of_event IS NULL AND coalesce(d.state, 'held') <> $2
RETURNING id, contact`

// followDecision plans that AWS's lists follow. An opt-out that was taken back leaves a listing that nobody asked for.
var followDecision = `
WITH planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, purpose, not_before, said_at, created_at)
    SELECT 'change/' || e.id, l.seq, 'sync_optout', e.program, e.contact,
        ` + textedLast("e") + `,
        l.list, CASE WHEN e.state <> 'opted_out' THEN 'release' END, $3, e.said_at, $3
    FROM heed.consent_event e, unnest($2::text[]) WITH ORDINALITY AS l (list, seq)
    WHERE e.id = $1
    RETURNING program, contact
)
UPDATE heed.consent c SET aws_state = 'pending'
FROM (SELECT DISTINCT program, contact FROM planned) p
WHERE c.program = p.program AND c.contact = p.contact`

// Decide records a decision, with what follows from it. False: it stood already, nothing was changed.
func (s *Store) Decide(ctx context.Context, d consent.Decision, now time.Time) (changed bool, err error) {
	proof, err := json.Marshal(map[string]string{"decision": d.As, "reason": d.Reason}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return false, fmt.Errorf("write the evidence of a decision: %w", err)
	}
	err = s.retry(ctx, func() error {
		changed = false
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			var contact sms.Phone
			if err := tx.QueryRow(ctx, `SELECT contact FROM heed.consent_event WHERE id = $1 AND state = 'held' AND of_event IS NULL`, d.ID).Scan(&contact); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, lockContacts, []string{string(contact)}); err != nil {
				return err
			}
			var before string
			if err := tx.QueryRow(ctx, standingOf, d.ID).Scan(&before); err != nil {
				return err
			}
			var event int64
			// Whoever was forgotten while the lock was waited for has another name by now.
			err := tx.QueryRow(ctx, decide, d.ID, d.State(), string(proof), d.Actor, now).Scan(&event, &contact)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			changed = true
			if _, err := tx.Exec(ctx, rederive, []string{string(contact)}); err != nil {
				return err
			}
			var after string
			if err := tx.QueryRow(ctx, standingOf, d.ID).Scan(&after); err != nil {
				return err
			}
			if (before == "opted_out") == (after == "opted_out") || !contact.Dialable() {
				return nil
			}
			_, err = tx.Exec(ctx, followDecision, event, append([]string{}, d.Lists...), now)
			return err
		})
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, consent.ErrNoQuestion
	}
	if err != nil {
		return false, fmt.Errorf("record the decision: %w", err)
	}
	return changed, nil
}

const standingOf = `
SELECT coalesce(c.state, '')
FROM heed.consent_event e LEFT JOIN heed.consent c ON c.program = e.program AND c.contact = e.contact
WHERE e.id = $1`
