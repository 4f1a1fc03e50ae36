package store

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/sms"
)

// planSyncs is a CTE behind joinRegister: that AWS's lists are made to agree, for everybody whose consent is another
// than before. lists are parameters from first on: program, contact, seq, list. It needs the time as $1.
func planSyncs(first int) string {
	return `, planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, not_before, said_at, created_at)
    SELECT 'change/' || (SELECT max(e.id) FROM event e WHERE e.program = d.program AND e.contact = d.contact), l.seq, 'sync_optout', d.program, d.contact,
        ` + textedLast("d") + `, l.list, $1, d.since, $1
    FROM decided d JOIN (` + rows(first, "program text, contact text, seq int4, list text") + `) l USING (program, contact)
    WHERE d.state IS DISTINCT FROM d.old_state AND ` + listable("d.contact") + `
    ON CONFLICT (chain, seq) DO NOTHING
)`
}

// listable is the condition that AWS can have a contact on a list: a short code or a sender id it can not.
func listable(contact string) string { return contact + ` ~ '^\+[1-9][0-9]{6,18}$'` }

// textedLast is the identity that the contact of a row texted last for its program; empty where they never did.
func textedLast(row string) string {
	return `coalesce((SELECT i.identity FROM heed.inbound i WHERE i.contact = ` + row + `.contact AND i.program = ` + row + `.program
                  ORDER BY i.said_at DESC LIMIT 1), '')`
}

var recordChanges = `
WITH handed AS (
    ` + rows(2, "ord int4, program text, contact text, state text, said_at timestamptz, source text, actor text, evidence text") + `
), event AS (
    INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, recorded_at)
    SELECT program, contact, state, said_at, source, evidence::jsonb, nullif(actor, ''), $1
    FROM handed ORDER BY program, ord
    RETURNING id, program, contact, state, said_at
)` + joinRegister(func(row string) string {
	return `CASE WHEN EXISTS (SELECT FROM unnest($10::text[], $11::text[]) l (program, contact)
                      WHERE l.program = ` + row + `.program AND l.contact = ` + row + `.contact AND ` + listable(row+".contact") + `)
             AND EXISTS (SELECT FROM decided o WHERE o.program = ` + row + `.program AND o.contact = ` + row + `.contact AND o.state IS DISTINCT FROM o.old_state) THEN 'pending' END`
}) + planSyncs(10) + `
SELECT count(*) FROM event`

// RecordConsent records changes, joins them into the register and plans that AWS's lists follow, in one transaction.
// The same change from the same source changes nothing again. It gives how many were new.
func (s *Store) RecordConsent(ctx context.Context, changes []consent.Change, now time.Time) (int, error) {
	if len(changes) == 0 {
		return 0, nil
	}
	args, contacts, err := changeArgs(changes, now)
	if err != nil {
		return 0, err
	}
	var recorded int
	err = s.retry(ctx, func() error {
		batch := &pgx.Batch{}
		batch.Queue(lockContacts, contacts)
		batch.Queue(recordChanges, args...).QueryRow(func(row pgx.Row) error { return row.Scan(&recorded) })
		return s.send(ctx, batch)
	})
	if err != nil {
		return 0, fmt.Errorf("record consent: %w", err)
	}
	return recorded, nil
}

func changeArgs(changes []consent.Change, now time.Time) (args []any, contacts []string, err error) {
	n := len(changes)
	ord, program, contact, state := make([]int32, n), make([]string, n), make([]string, n), make([]string, n)
	saidAt, source, actor, evidence := make([]time.Time, n), make([]string, n), make([]string, n), make([]string, n)
	lists := listArgs{program: []string{}, contact: []string{}, seq: []int32{}, list: []string{}}
	for i, c := range changes {
		ord[i], program[i], contact[i], state[i] = int32(i), c.Program, string(c.Contact), string(c.State)
		saidAt[i], source[i], actor[i] = c.SaidAt, c.Source, c.Actor
		proof, err := json.Marshal(c.Evidence, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return nil, nil, fmt.Errorf("write the evidence of a consent change: %w", err)
		}
		if evidence[i] = string(proof); c.Evidence == nil {
			evidence[i] = "{}"
		}
		lists.add(c.Program, c.Contact, c.Lists)
	}
	return append([]any{now, ord, program, contact, state, saidAt, source, actor, evidence}, lists.args()...), contact, nil
}

// listArgs are the opt-out lists that follow people's consent, a row each.
type listArgs struct {
	program, contact []string
	seq              []int32
	list             []string
}

func (l *listArgs) add(program string, contact sms.Phone, lists []string) {
	for i := range l.program {
		if l.program[i] == program && l.contact[i] == string(contact) {
			return
		}
	}
	for i, list := range lists {
		l.program, l.contact = append(l.program, program), append(l.contact, string(contact))
		l.seq, l.list = append(l.seq, int32(i+1)), append(l.list, list)
	}
}

func (l *listArgs) args() []any { return []any{l.program, l.contact, l.seq, l.list} }

const standings = `
SELECT p.program, coalesce(c.state, ''), s.since, s.event_id, coalesce(c.aws_state, ''), c.aws_locked_until, s.allowed, s.reason
FROM (SELECT k.program FROM heed.consent k WHERE k.contact IN ($1, heed.pseudonym($1))
      UNION SELECT unnest($2::text[])) p
LEFT JOIN LATERAL (
    SELECT k.* FROM heed.consent k
    WHERE k.contact IN ($1, heed.pseudonym($1)) AND k.program = p.program
    ORDER BY k.since DESC, k.state = 'opted_out' DESC LIMIT 1) c ON true
CROSS JOIN LATERAL heed.can_send($1, p.program) s
WHERE $3 = '' OR p.program = $3
ORDER BY p.program`

// Standings gives, program by program, where a contact stands: in the programs that know them and in those named. With
// only, in that program alone.
func (s *Store) Standings(ctx context.Context, contact sms.Phone, programs []string, only string) ([]consent.Standing, error) {
	if only != "" {
		programs = []string{only}
	}
	return s.standings(ctx, standings, string(contact), append([]string{}, programs...), only)
}

func (s *Store) standings(ctx context.Context, query string, args ...any) ([]consent.Standing, error) {
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read consent: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (st consent.Standing, err error) {
		err = row.Scan(&st.Program, &st.State, &st.Since, &st.EventID, &st.AWS, &st.AWSLockedUntil, &st.Allowed, &st.Reason)
		utc(st.Since, st.AWSLockedUntil)
		return st, err
	})
	if err != nil {
		return nil, fmt.Errorf("read consent: %w", err)
	}
	return all, nil
}

const standingsAt = `
SELECT p.program, '', s.since, s.event_id, '', NULL::timestamptz, s.allowed, s.reason
FROM (SELECT DISTINCT e.program FROM heed.consent_event e WHERE e.contact IN ($1, heed.pseudonym($1))
      UNION SELECT unnest($2::text[])) p
CROSS JOIN LATERAL heed.can_send_at($1, p.program, $4, $5) s
WHERE $3 = '' OR p.program = $3
ORDER BY p.program`

// StandingsAt is [Store.Standings] as of a time: by what the contact had said by then, and where known is not zero by
// as much of it as heed had recorded by that time. State is left out: the reason says it.
func (s *Store) StandingsAt(ctx context.Context, contact sms.Phone, programs []string, only string, at, known time.Time) ([]consent.Standing, error) {
	if only != "" {
		programs = []string{only}
	}
	return s.standings(ctx, standingsAt, string(contact), append([]string{}, programs...), only, at, nullable(known))
}
