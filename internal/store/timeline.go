package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/dossier"
)

// Rows are found by the names a contact goes by: the number, and what stands for it where the person was forgotten. Of
// each kind the newest are read, one more than wanted, so that it shows when there are others.
const (
	textsOf = `
SELECT identity, inbound_message_id, variant, contact, program, body, verdict, reason, matched, coalesce(rule, ''), args, observed,
       ruleset_version, said_at, received_at, coalesce(previous_message_id, ''), coalesce(aws_keyword, ''), raw
FROM heed.inbound
WHERE contact = ANY ($1) AND ($2 = '' OR program = $2) AND said_at >= coalesce($3, '-infinity'::timestamptz) AND said_at < coalesce($4, 'infinity'::timestamptz)
ORDER BY said_at DESC, received_at DESC, identity, inbound_message_id, variant
LIMIT $5`

	actionsOf = `
SELECT id::text, chain, seq, kind, program, identity, coalesce(opt_out_list, ''), coalesce(purpose, ''), coalesce(rule, ''),
       coalesce(body, ''), state, coalesce(error, ''), attempts, coalesce(aws_message_id, ''), said_at, created_at, not_before,
       expires_at, settled_at
FROM heed.outbox
WHERE contact = ANY ($1) AND ($2 = '' OR program = $2) AND created_at >= coalesce($3, '-infinity'::timestamptz) AND created_at < coalesce($4, 'infinity'::timestamptz)
ORDER BY created_at DESC, chain, seq
LIMIT $5`

	messagesOf = `
SELECT message_id, requested_at, coalesce(identity, ''), coalesce(program, ''), status, status_at, aws_status, is_final, accepted_at,
       delivered_at, read_at, failed_at, coalesce(failure_status, ''), coalesce(failure_reason, ''), coalesce(parts, 0), coalesce(price::text, ''),
       coalesce(carrier_fee::text, ''), coalesce(country, ''), coalesce(carrier, ''), coalesce(message_type, ''), context, coalesce(outbox_id::text, ''), updated_at
FROM heed.message
WHERE contact = ANY ($1) AND ($2 = '' OR program = $2) AND requested_at >= coalesce($3, '-infinity'::timestamptz) AND requested_at < coalesce($4, 'infinity'::timestamptz)
ORDER BY requested_at DESC, message_id
LIMIT $5`

	// The ledger is read whole: an answer rests on all of it. Decisions are found by the event that they decide, since
	// the index over contacts leaves them out.
	ledgerOf = `
WITH said AS (
    SELECT * FROM heed.consent_event WHERE contact = ANY ($1) AND of_event IS NULL AND ($2 = '' OR program = $2)
), event AS (
    SELECT * FROM said
    UNION ALL
    SELECT d.* FROM said s JOIN heed.consent_event d ON d.of_event = s.id AND d.program = s.program AND d.contact = s.contact
)
SELECT e.id, e.program, e.contact, e.state, e.said_at, e.recorded_at, e.source, e.inbound_message_id, e.actor, e.evidence::text,
       e.of_event, e.forgotten_at, e.seq, p.hash, e.salt::text, e.sealed, e.hash
FROM event e LEFT JOIN heed.consent_event p ON p.program = e.program AND p.seq = e.seq - 1
ORDER BY e.program, e.seq`

	suspensionsOf = `
SELECT id, reason, since, message_id, evidence::text, lifted_at, coalesce(lifted_by, '') FROM heed.suspension WHERE contact = ANY ($1)`

	legalHoldsOf = `
SELECT id, reason, placed_at, placed_by, lifted_at, coalesce(lifted_by, '') FROM heed.legal_hold WHERE contact = ANY ($1)`

	programsOf = `
SELECT jsonb_object_keys(coalesce((SELECT settings -> 'programs' FROM heed.ruleset ORDER BY version DESC LIMIT 1), '{}'))
UNION SELECT program FROM heed.consent WHERE contact = ANY ($1)`

	// Who was forgotten and came back has two rows of the register in a program; the later is shown.
	standingsOf = `
SELECT p.program, now.allowed, now.reason, now.since, now.event_id, at.allowed, at.reason, at.since, at.event_id,
       known.allowed, known.reason, known.since, known.event_id,
       c.state, c.since, c.opted_in_at, c.opted_out_at, c.held_at, c.aws_state, c.aws_locked_until
FROM unnest($2::text[]) AS p (program)
CROSS JOIN LATERAL heed.can_send($1, p.program) now
LEFT JOIN LATERAL heed.can_send_at($1, p.program, $3) at ON $3::timestamptz IS NOT NULL
LEFT JOIN LATERAL heed.can_send_at($1, p.program, $3, $3) known ON $3::timestamptz IS NOT NULL
LEFT JOIN LATERAL (SELECT * FROM heed.consent c WHERE c.contact = ANY ($4) AND c.program = p.program
                   ORDER BY c.since DESC, c.state = 'opted_out' DESC LIMIT 1) c ON true`

	rulesetsOf = `
SELECT version, sha256, applied_at, applied_by, document FROM heed.ruleset
WHERE version = ANY ($1) OR version = (SELECT max(version) FROM heed.ruleset)`

	headsOf = `SELECT program, seq, hash FROM heed.consent_chain WHERE program = ANY ($1)`

	anythingOf = `
SELECT EXISTS (SELECT FROM heed.consent_event WHERE contact = ANY ($1) AND of_event IS NULL)
    OR EXISTS (SELECT FROM heed.consent WHERE contact = ANY ($1))
    OR EXISTS (SELECT FROM heed.inbound WHERE contact = ANY ($1))
    OR EXISTS (SELECT FROM heed.outbox WHERE contact = ANY ($1))
    OR EXISTS (SELECT FROM heed.suspension WHERE contact = ANY ($1))
    OR EXISTS (SELECT FROM heed.legal_hold WHERE contact = ANY ($1))
    OR EXISTS (SELECT FROM heed.message WHERE contact = ANY ($1))`

	// The events of some messages, in the days in which they can have any: only the partitions of those are looked at.
	receiptsOf = `
SELECT e.message_id, e.occurred_at, e.event_type, e.aws_status, e.status, e.is_final, coalesce(e.description, ''),
       coalesce(e.price::text, ''), coalesce(e.country, ''), coalesce(e.carrier, ''), e.received_at
FROM heed.delivery_event e
WHERE e.message_id = ANY ($1) AND e.occurred_at >= $2 AND e.occurred_at <= $3
ORDER BY e.message_id, e.occurred_at, e.received_at, e.event_type`

	// Each statement here looks at few rows of many partitions. To compile one takes longer than to run it, and a plan
	// for any time would have all partitions in it.
	fewOfMany = `SELECT set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)`
)

// Known reads what there is of a contact, all of one moment: what is written meanwhile is not in it. It only reads, so
// a copy of the database will do.
func (s *Store) Known(ctx context.Context, q dossier.Question) (*dossier.Known, error) {
	var known *dossier.Known
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		t := timeline{tx: tx, question: q}
		for _, step := range []func(context.Context) error{t.called, t.rows, t.receipts, t.standings, t.rulesets} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		known = &t.known
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is known of the contact: %w", err)
	}
	return known, nil
}

// timeline is one reading.
type timeline struct {
	tx       pgx.Tx
	question dossier.Question
	names    []string
	known    dossier.Known
}

// called reads the names that the contact goes by.
func (t *timeline) called(ctx context.Context) error {
	if _, err := t.tx.Exec(ctx, fewOfMany); err != nil {
		return err
	}
	var pseudonym *string
	if err := t.tx.QueryRow(ctx, `SELECT heed.pseudonym($1)`, string(t.question.Contact)).Scan(&pseudonym); err != nil {
		return err
	}
	t.names = []string{string(t.question.Contact)}
	if pseudonym != nil {
		t.names, t.known.Pseudonym = append(t.names, *pseudonym), *pseudonym
	}
	return nil
}

// rows reads the rows that bear the contact, in one round trip.
func (t *timeline) rows(ctx context.Context) error {
	k, q := &t.known, t.question
	var limit *int
	if q.Limit > 0 {
		more := q.Limit + 1
		limit = &more
	}
	bounded := []any{t.names, q.Program, nullable(q.Since), nullable(q.Until), limit}
	batch := &pgx.Batch{}
	batch.Queue(textsOf, bounded...).Query(into(&k.Texts, scanText))
	batch.Queue(actionsOf, bounded...).Query(into(&k.Actions, scanPastAction))
	batch.Queue(messagesOf, bounded...).Query(into(&k.Messages, scanMessage))
	batch.Queue(ledgerOf, t.names, q.Program).Query(into(&k.Events, scanEvent))
	batch.Queue(suspensionsOf, t.names).Query(into(&k.Suspensions, scanSuspension))
	batch.Queue(legalHoldsOf, t.names).Query(into(&k.LegalHolds, scanLegalHold))
	batch.Queue(anythingOf, t.names).QueryRow(func(row pgx.Row) error { return row.Scan(&k.Anything) })
	return t.tx.SendBatch(ctx, batch).Close()
}

const (
	// told is how long AWS tells of a message, and more: 72 hours. Of what came later (somebody read it) the message's
	// own times tell.
	told = 4 * 24 * time.Hour
	// The events of messages that lie close together are read together.
	closeTogether = 3 * 24 * time.Hour
	mostTogether  = 2000
)

// receipts reads the delivery events of the messages, which stand with the newest first.
func (t *timeline) receipts(ctx context.Context) error {
	for rest := t.known.Messages; len(rest) > 0; {
		n := 1
		for n < min(len(rest), mostTogether) && rest[0].RequestedAt.Sub(rest[n].RequestedAt) < closeTogether {
			n++
		}
		if err := t.receiptsTo(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (t *timeline) receiptsTo(ctx context.Context, messages []dossier.Message) error {
	ids, byID := make([]string, len(messages)), make(map[string]*dossier.Message, len(messages))
	lo, hi := messages[len(messages)-1].RequestedAt.Add(-time.Hour), messages[0].RequestedAt
	for i := range messages {
		m := &messages[i]
		ids[i], byID[m.ID] = m.ID, m
		if last := m.UpdatedAt.Add(time.Hour); last.After(hi) { // no event of it came after that
			hi = last
		}
	}
	if most := messages[0].RequestedAt.Add(told); hi.After(most) {
		hi = most
	}
	for i := range messages {
		m := &messages[i]
		for _, at := range []*time.Time{&m.StatusAt, m.AcceptedAt, m.DeliveredAt, m.ReadAt, m.FailedAt} {
			if at != nil && at.Before(lo) {
				lo = *at
			} else if at != nil && at.After(hi) {
				hi = *at
			}
		}
	}
	rows, err := t.tx.Query(ctx, receiptsOf, ids, lo, hi)
	if err != nil {
		return err
	}
	var id string
	var r dossier.Receipt
	fields := []any{&id, &r.At, &r.Type, &r.AWSStatus, &r.Status, &r.Final, &r.Description, &r.Price, &r.Country, &r.Carrier, &r.ReceivedAt}
	_, err = pgx.ForEachRow(rows, fields, func() error {
		utc(&r.At, &r.ReceivedAt)
		byID[id].Receipts = append(byID[id].Receipts, r)
		return nil
	})
	return err
}

// standings asks how the contact stands in each program: those of the ruleset in force, and those that know them.
func (t *timeline) standings(ctx context.Context) error {
	rows, err := t.tx.Query(ctx, programsOf, t.names)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	programs := map[string]bool{}
	for _, name := range names {
		programs[name] = true
	}
	for _, x := range t.known.Texts {
		programs[x.Program] = true
	}
	for _, x := range t.known.Events {
		programs[x.Program] = true
	}
	for _, x := range t.known.Actions {
		programs[x.Program] = true
	}
	if only := t.question.Program; only != "" {
		programs = map[string]bool{only: true}
	}
	names = slices.Sorted(maps.Keys(programs))
	batch := &pgx.Batch{}
	batch.Queue(standingsOf, string(t.question.Contact), names, nullable(t.question.At), t.names).Query(into(&t.known.Standings, scanStanding))
	batch.Queue(headsOf, names).Query(into(&t.known.Heads, scanHead))
	return t.tx.SendBatch(ctx, batch).Close()
}

// rulesets reads the versions that decided something, and the one in force.
func (t *timeline) rulesets(ctx context.Context) error {
	versions := map[int64]bool{}
	for _, x := range t.known.Texts {
		versions[x.RulesetVersion] = true
	}
	for _, e := range t.known.Events {
		versions[e.RulesetVersion()] = true
	}
	rows, err := t.tx.Query(ctx, rulesetsOf, slices.Collect(maps.Keys(versions)))
	if err != nil {
		return err
	}
	return into(&t.known.Rulesets, scanRuleset)(rows)
}
