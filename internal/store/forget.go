package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/sms"
)

// Forgetting is a request to forget a contact.
type Forgetting struct {
	Contact    sms.Phone
	By, Reason string
	// DryRun does all of it and takes it back.
	DryRun bool
}

// Forgotten counts what is (or, in a dry run, would be) no longer known of a contact, and what stays under a keyed hash.
type Forgotten struct {
	Texts         int `json:"texts"`          // removed
	Actions       int `json:"actions"`        // promises, removed
	Messages      int `json:"messages"`       // emptied of who they went to
	Events        int `json:"events"`         // delivery events, likewise
	Suspensions   int `json:"suspensions"`    // removed
	Holds         int `json:"legal_holds"`    // that were lifted; removed
	Parked        int `json:"parked"`         // inputs that name the number; removed
	ParkedUnread  int `json:"parked_unread"`  // of these, never replayed: each may hold a request to stop
	ConsentEvents int `json:"consent_events"` // emptied; the hash chain still holds
	// Consents stay, under the hash: what suppression needs, by program.
	Consents map[string]string `json:"consents"`
	// Open are promises to AWS that have to be kept first. The relay removes each when it is settled.
	Open int `json:"open"`
	// EventsUntil is until when AWS may still report on a message to them, which would bring the number back; nil where
	// none went out of late.
	EventsUntil *time.Time `json:"events_until,omitempty"`
}

// Nothing says that heed knew nothing of the contact that could be removed.
func (f *Forgotten) Nothing() bool {
	return f.Texts+f.Actions+f.Messages+f.Events+f.Suspensions+f.Holds+f.Parked+f.ConsentEvents+f.Open+len(f.Consents) == 0
}

// OnHoldError says why nobody may be forgotten: a legal hold is on them.
type OnHoldError struct{ Reasons []string }

func (e *OnHoldError) Error() string {
	return "a legal hold is on this contact: " + strings.Join(e.Reasons, "; ")
}

// errUndone takes a transaction back that did what it was to show.
var errUndone = errors.New("undone")

// reportsFor is how long after a send AWS may still report on it, with a margin (configuration-sets-event-types).
const reportsFor = 4 * 24 * time.Hour

// Forget removes what is known of a contact and keeps what suppression needs under a keyed hash. The ledger's chain
// still verifies. Doing it again removes what came since. The caller's role has to own the tables and to be a member of
// heed_retention.
func (s *Store) Forget(ctx context.Context, f Forgetting, now time.Time) (Forgotten, error) {
	inner, outer, err := pads()
	if err != nil {
		return Forgotten{}, err
	}
	var done Forgotten
	err = s.retry(ctx, func() error {
		// Days are long: those whose messages are gone already are searched before anybody has to wait.
		strays, err := s.strayMessages(ctx, f.Contact)
		if err != nil {
			return err
		}
		done = Forgotten{}
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			e := erasure{ctx: ctx, tx: tx, contact: string(f.Contact), done: &done}
			e.begin(inner, outer)
			e.promises(now)
			e.delivery(strays, now)
			e.texts(f.Contact.Dialable())
			e.consent()
			e.open()
			if e.err == nil && !done.Nothing() {
				e.exec(recordForgotten, e.hash, now, f.By, f.Reason)
			}
			e.ledger(now)
			if e.err == nil && (f.DryRun || done.Nothing()) {
				return errUndone
			}
			return e.err
		})
	})
	var hold *OnHoldError
	switch {
	case err == nil, errors.Is(err, errUndone):
		return done, nil
	case errors.As(err, &hold):
		return Forgotten{}, err
	}
	return Forgotten{}, fmt.Errorf("forget a contact: %w", withRights(err))
}

// withRights tells which right is missing.
func withRights(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || (pg.Code != "42501" && pg.Code != "22023") {
		return err
	}
	return fmt.Errorf("%w (it takes the role that owns heed's tables, as a member of heed_retention: as an administrator, GRANT heed_retention TO that role)", err)
}

// pads are HMAC's two pads of a new key (RFC 2104), in case there is none yet.
func pads() (inner, outer []byte, err error) {
	const block = 64 // of SHA-256
	key := make([]byte, block)
	if _, err := rand.Read(key[:32]); err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	inner, outer = make([]byte, block), make([]byte, block)
	for i, b := range key {
		inner[i], outer[i] = b^0x36, b^0x5c
	}
	return inner, outer, nil
}

const (
	// An event and its message name the same contact, so the messages lead to the events. Only where messages are kept
	// for a shorter time than events are there events of no message.
	strayMessages = `
SELECT DISTINCT e.message_id FROM heed.delivery_event e
WHERE e.contact = $1 AND e.occurred_at < (
    SELECT to_date(min(right(c.relname, 8)), 'YYYYMMDD') + 4 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'heed.message'::regclass AND c.relname ~ '_p[0-9]{8}$')`

	makeKey = `INSERT INTO heed.pseudonym_key (inner_pad, outer_pad) VALUES ($1, $2) ON CONFLICT DO NOTHING`

	forgetMessages = `
WITH emptied AS (
    UPDATE heed.message SET contact = NULL, context = NULL, failure_reason = CASE WHEN heed.mentions(failure_reason, '', $1) IS NOT TRUE THEN failure_reason END
    WHERE contact = $1 RETURNING message_id, requested_at
), marked AS (
    INSERT INTO heed.rollup_mark (bucket) SELECT DISTINCT heed.quarter_of(requested_at) FROM emptied
)
SELECT coalesce(array_agg(message_id), '{}'), max(requested_at) FROM emptied`
	forgetEvents = `
UPDATE heed.delivery_event SET contact = NULL, context = NULL, extra = NULL, description = CASE WHEN heed.mentions(description, '', $1) IS NOT TRUE THEN description END
WHERE message_id = ANY ($2::text[]) AND (contact IS NOT NULL OR context IS NOT NULL OR extra IS NOT NULL)`

	// Whoever plans words to the application holds the chain (planWords): they have either committed what they planned of
	// this contact, or find their events forgotten.
	lockChains = `
SELECT FROM heed.consent_chain c WHERE c.program IN (SELECT e.program FROM heed.consent_event e WHERE e.contact = $1)
ORDER BY c.program FOR UPDATE`

	// What has to be done first is marked: AWS's lists that are not in step yet, words to the application. Answers to
	// texts are worth nothing in an hour.
	forgetActions = `
WITH gone AS (
    DELETE FROM heed.outbox o WHERE contact = $1 AND (kind = 'reply' OR NOT (` + unkept + `)) RETURNING kind, state, settled_at
)
-- An answer that went out, or may have, of which AWS need not have told anything yet.
SELECT count(*), max(coalesce(settled_at, $3)) FILTER (WHERE kind = 'reply' AND state IN ('claimed', 'done', 'unknown')) FROM gone`
	markActions  = `UPDATE heed.outbox SET forget = true WHERE contact = $1`
	forgetTexts  = `DELETE FROM heed.inbound WHERE contact = $1`
	unsuspend    = `DELETE FROM heed.suspension WHERE contact = $1`
	forgetSeen   = `DELETE FROM heed.reconcile_seen WHERE contact = $1`
	forgetHolds  = `DELETE FROM heed.legal_hold WHERE contact = $1`
	forgetParked = `
WITH removed AS (DELETE FROM heed.parked WHERE heed.mentions(body, encoding, $1) RETURNING replayed_at)
SELECT count(*), count(*) FILTER (WHERE replayed_at IS NULL) FROM removed`

	// Who was forgotten before and came back has a row already. Each of the three times only grows, as ever.
	forgetConsents = `
WITH gone AS (
    DELETE FROM heed.consent WHERE contact = $1 RETURNING *
), times AS (
    SELECT g.program, g.event_id AS new_event, g.state AS new_state, g.since AS new_since, c.event_id AS old_event,
           greatest(g.opted_in_at, CASE WHEN g.state = 'opted_in' THEN g.since END, c.opted_in_at, CASE WHEN c.state = 'opted_in' THEN c.since END) AS opted_in_at,
           greatest(g.opted_out_at, CASE WHEN g.state = 'opted_out' THEN g.since END, c.opted_out_at, CASE WHEN c.state = 'opted_out' THEN c.since END) AS opted_out_at,
           greatest(g.held_at, CASE WHEN g.state = 'held' THEN g.since END, c.held_at, CASE WHEN c.state = 'held' THEN c.since END) AS held_at,
           g.aws_state, g.aws_locked_until
    FROM gone g LEFT JOIN heed.consent c ON c.contact = $2 AND c.program = g.program
), decided AS (
    SELECT t.*, d.state, CASE d.state WHEN 'opted_out' THEN opted_out_at WHEN 'held' THEN held_at ELSE opted_in_at END AS since
    FROM times t CROSS JOIN LATERAL (SELECT CASE
        WHEN opted_out_at >= coalesce(opted_in_at, '-infinity') THEN 'opted_out'
        WHEN held_at >= coalesce(opted_in_at, '-infinity') THEN 'held'
        ELSE 'opted_in' END AS state) d
), kept AS (
    INSERT INTO heed.consent AS c (program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at, aws_state, aws_locked_until)
    SELECT program, $2, state, since, CASE WHEN (state, since) = (new_state, new_since) THEN new_event ELSE old_event END,
           opted_in_at, opted_out_at, held_at, aws_state, aws_locked_until
    FROM decided ORDER BY program
    ON CONFLICT (program, contact) DO UPDATE
    SET state = excluded.state, since = excluded.since, event_id = excluded.event_id, opted_in_at = excluded.opted_in_at,
        opted_out_at = excluded.opted_out_at, held_at = excluded.held_at, aws_state = excluded.aws_state, aws_locked_until = excluded.aws_locked_until
    RETURNING c.program, c.state
)
SELECT coalesce(jsonb_object_agg(program, state), '{}') FROM kept`

	recordForgotten = `
INSERT INTO heed.forgotten (contact, forgotten_at, forgotten_by, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (contact) DO UPDATE SET forgotten_at = excluded.forgotten_at, forgotten_by = excluded.forgotten_by, reason = excluded.reason`

	countLedger = `SELECT count(*) FROM heed.consent_event WHERE contact = $1`

	// Who said the same twice in one millisecond loses what told the two apart; the number of the event does it instead.
	forgetLedger = `
WITH ranked AS (
    SELECT e.id, row_number() OVER (PARTITION BY e.program, e.said_at, e.state, e.source, e.of_event IS NULL
                                    ORDER BY e.forgotten_at IS NULL, e.id) AS nth
    FROM heed.consent_event e WHERE e.contact IN ($1, $2)
)
UPDATE heed.consent_event e
SET contact = $2, inbound_message_id = CASE WHEN r.nth > 1 AND e.of_event IS NULL THEN '~' || e.id END, actor = NULL, evidence = '{}', salt = NULL,
    forgotten_at = $3
FROM ranked r WHERE r.id = e.id AND e.contact = $1`
)

func (s *Store) strayMessages(ctx context.Context, contact sms.Phone) ([]string, error) {
	rows, err := s.pool.Query(ctx, strayMessages, contact)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// erasure is one contact being forgotten, in one transaction. The first error stays.
type erasure struct {
	ctx     context.Context
	tx      pgx.Tx
	contact string
	hash    string
	done    *Forgotten
	err     error
}

func (e *erasure) exec(statement string, args ...any) int {
	if e.err != nil {
		return 0
	}
	tag, err := e.tx.Exec(e.ctx, statement, args...)
	e.err = err
	return int(tag.RowsAffected())
}

func (e *erasure) scan(statement string, args []any, into ...any) {
	if e.err == nil {
		e.err = e.tx.QueryRow(e.ctx, statement, args...).Scan(into...)
	}
}

// begin makes the contact's texts wait, and learns what stands for them from now on.
func (e *erasure) begin(inner, outer []byte) {
	e.exec(lockContacts, []string{e.contact})
	var reasons []string
	e.scan(`SELECT coalesce(array_agg(reason ORDER BY id), '{}') FROM heed.legal_hold WHERE contact = $1 AND lifted_at IS NULL`, []any{e.contact}, &reasons)
	if e.err == nil && len(reasons) > 0 {
		e.err = &OnHoldError{reasons}
	}
	e.exec(makeKey, inner, outer)
	e.scan(`SELECT heed.pseudonym($1)`, []any{e.contact}, &e.hash)
}

// promises comes before delivery: a worker that settles a reply at this moment may make a message of it (settleRefused),
// which is there when the worker is through.
func (e *erasure) promises(now time.Time) {
	var newest *time.Time
	e.scan(forgetActions, []any{e.contact, now.Add(-forgetFailedSync), now}, &e.done.Actions, &newest)
	e.reported(newest, now)
}

// reported notes until when AWS may report on a message that was sent then.
func (e *erasure) reported(sent *time.Time, now time.Time) {
	if sent == nil || !sent.Add(reportsFor).After(now) {
		return
	}
	until := sent.Add(reportsFor).UTC()
	if e.done.EventsUntil == nil || until.After(*e.done.EventsUntil) {
		e.done.EventsUntil = &until
	}
}

func (e *erasure) delivery(strays []string, now time.Time) {
	e.exec(partitionsStand)
	var messages []string
	var newest *time.Time
	e.scan(forgetMessages, []any{e.contact}, &messages, &newest)
	e.done.Messages = len(messages)
	e.done.Events = e.exec(forgetEvents, e.contact, append(messages, strays...))
	e.reported(newest, now)
}

func (e *erasure) texts(dialable bool) {
	e.done.Texts = e.exec(forgetTexts, e.contact)
	e.done.Suspensions = e.exec(unsuspend, e.contact)
	e.done.Holds = e.exec(forgetHolds, e.contact)
	e.exec(forgetSeen, e.contact)
	if dialable { // a short code's digits stand in any number
		e.scan(forgetParked, []any{e.contact}, &e.done.Parked, &e.done.ParkedUnread)
	}
}

func (e *erasure) consent() {
	e.scan(forgetConsents, []any{e.contact, e.hash}, &e.done.Consents)
	e.scan(countLedger, []any{e.contact}, &e.done.ConsentEvents)
}

// open marks the promises that are left. It comes late, because texts to the programs of the contact wait from here on.
func (e *erasure) open() {
	e.exec(lockChains, e.contact)
	e.done.Open = e.exec(markActions, e.contact)
}

// ledger empties the events, as the one role that may; it comes last because it takes that role on.
func (e *erasure) ledger(now time.Time) {
	if e.done.ConsentEvents == 0 {
		return
	}
	e.exec(`SET LOCAL ROLE heed_retention`)
	e.exec(forgetLedger, e.contact, e.hash, now)
}
