package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// closeQuestions opts out who was asked whether they meant to stop and did not answer. Only those whose question went
// out: who was never asked stays held until somebody decides. It counts from when they said what was unclear, so a
// START that is on its way still outweighs it.
var closeQuestions = `
WITH due AS (
    -- The decision is of what they said, not of the last decision about it, which the register names after an undo.
    SELECT c.program, c.contact, c.held_at,
           (SELECT max(e.id) FROM heed.consent_event e WHERE e.contact = c.contact AND e.program = c.program AND e.state = 'held'
              AND e.said_at = c.held_at AND e.of_event IS NULL) AS held_event
    FROM heed.consent c
    WHERE c.program = $1 AND c.contact = ANY ($5::text[]) AND ` + silent + `
    FOR UPDATE
), event AS (
    INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, recorded_at, of_event)
    SELECT program, contact, 'opted_out', held_at, 'natural_language', '{"reason": "no_answer"}', 'heed', $3, held_event FROM due
    RETURNING id, program, contact, state, said_at
)` + joinRegister(func(string) string {
	return `CASE WHEN cardinality($4::text[]) > 0 THEN 'pending' END`
}) + `, planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, not_before, said_at, created_at)
    -- The event makes the chain: what was taken back and is silent again has to reach the lists again.
    SELECT 'no_answer/' || e.id, l.seq, 'sync_optout', d.program, d.contact,
        ` + textedLast("d") + `, l.list, $3, d.held_at, $3
    FROM due d JOIN event e USING (program, contact), unnest($4::text[]) WITH ORDINALITY AS l (list, seq)
    WHERE ` + listable("d.contact") + `
    ON CONFLICT (chain, seq) DO NOTHING
)
SELECT count(*) FROM register`

// silent is the condition on a row c of the register: held since before $2, asked before $2, no answer. An opt-in answers
// what was asked before it, and a decision that what they said was no request withdraws the question.
const silent = `c.state = 'held' AND c.held_at < $2
      AND EXISTS (SELECT FROM heed.outbox o WHERE o.contact = c.contact AND o.program = c.program AND o.kind = 'reply'
                    AND o.purpose = 'unclear' AND o.state IN ('done', 'unknown', 'lost') AND o.created_at < $2
                    AND o.said_at > coalesce(c.opted_in_at, '-infinity')
                    AND NOT EXISTS (SELECT FROM heed.consent_event e` + lastDecision + `
                                    WHERE e.contact = c.contact AND e.program = c.program AND e.state = 'held' AND e.of_event IS NULL
                                      AND e.said_at = o.said_at AND d.state = 'released'))`

// silentContacts finds them first, so that their texts wait while their silence is turned into an opt-out: a text whose
// statement has read the register before must not write it back.
var silentContacts = `
SELECT c.contact FROM heed.consent c WHERE c.program = ANY ($1::text[]) AND ` + silent + ` ORDER BY c.contact LIMIT 500`

// CloseQuestions opts out the people of some programs who were asked, before a time, whether they meant to stop, and
// have not answered since: silence means stop (47 CFR 64.1200(a)(12)). lists are, by program, the opt-out lists of AWS
// that have to follow. It gives the number of people.
func (s *Store) CloseQuestions(ctx context.Context, now, before time.Time, lists map[string][]string) (int, error) {
	if len(lists) == 0 {
		return 0, nil
	}
	sum := 0
	err := s.retry(ctx, func() error {
		sum = 0
		rows, err := s.pool.Query(ctx, silentContacts, slices.Collect(maps.Keys(lists)), before)
		if err != nil {
			return err
		}
		contacts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(contacts) == 0 {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(lockContacts, contacts)
		// In the order of their names, as everybody who adds to several ledgers: nobody waits for a lock in a circle.
		for _, program := range slices.Sorted(maps.Keys(lists)) {
			batch.Queue(closeQuestions, program, before, now, append([]string{}, lists[program]...), contacts).QueryRow(func(row pgx.Row) error {
				var n int
				err := row.Scan(&n)
				sum += n
				return err
			})
		}
		return s.send(ctx, batch)
	})
	if err != nil {
		return 0, fmt.Errorf("close questions: %w", err)
	}
	return sum, nil
}
