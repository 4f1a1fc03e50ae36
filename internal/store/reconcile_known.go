package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

const (
	// A person who was forgotten is known by the keyed hash that stands for them.
	knownConsents = `
SELECT n.contact, k.program, greatest(k.opted_in_at, CASE WHEN k.state = 'opted_in' THEN k.since END),
       greatest(k.opted_out_at, CASE WHEN k.state = 'opted_out' THEN k.since END),
       greatest(k.held_at, CASE WHEN k.state = 'held' THEN k.since END),
       CASE WHEN k.aws_state = 'locked' THEN k.aws_locked_until END, k.state = 'opted_out' AND e.source IS NOT DISTINCT FROM 'aws'
FROM unnest($1::text[]) n (contact)
JOIN heed.consent k ON k.contact = ANY (ARRAY[n.contact, heed.pseudonym(n.contact)])
LEFT JOIN heed.consent_event e ON e.id = k.event_id
ORDER BY n.contact, k.program`
	knownSyncs = `
SELECT o.contact, o.program, o.state, coalesce(o.did, ''), 
       -- What an opt-in or a decision planned is left to the comparison first; what an opt-out planned is left alone at once.
       o.attempts > CASE WHEN o.did = 'left_alone' THEN CASE WHEN o.purpose IS NULL AND NOT o.chain ^@ 'change/' THEN 1 ELSE 2 END WHEN o.error = '` + outbox.LeftToComparison + `' THEN 1 ELSE 0 END,
       o.purpose IS NOT DISTINCT FROM 'release', o.error IS NOT DISTINCT FROM 'locked_optout', o.not_before, o.created_at, o.tried_since, o.settled_at
FROM heed.outbox o
WHERE o.contact = ANY ($1::text[]) AND o.opt_out_list = $2 AND o.kind = 'sync_optout'
ORDER BY o.contact, o.created_at, o.id`
)

// known reads what is known of contacts on the list, in one round trip, and keeps it from changing until the end of the
// transaction. more is asked in the same round trip.
func (p *pass) known(ctx context.Context, tx pgx.Tx, contacts []string, more func(*pgx.Batch)) (map[sms.Phone]reconcile.Known, error) {
	known := map[sms.Phone]reconcile.Known{}
	batch := &pgx.Batch{}
	batch.Queue(lockContacts, contacts)
	more(batch)
	batch.Queue(knownConsents, contacts).Query(func(rows pgx.Rows) error { return collectConsents(rows, known) })
	batch.Queue(knownSyncs, contacts, p.list.Name).Query(func(rows pgx.Rows) error { return collectSyncs(rows, known) })
	return known, tx.SendBatch(ctx, batch).Close()
}

func collectConsents(rows pgx.Rows, known map[sms.Phone]reconcile.Known) error {
	var contact sms.Phone
	var program string
	var in, out, held, locked *time.Time
	var fromAWS bool
	_, err := pgx.ForEachRow(rows, []any{&contact, &program, &in, &out, &held, &locked, &fromAWS}, func() error {
		k := known[contact]
		i := slices.IndexFunc(k.Consents, func(c reconcile.Consent) bool { return c.Program == program })
		if i < 0 {
			i = len(k.Consents)
			k.Consents = append(k.Consents, reconcile.Consent{Program: program})
		}
		c := &k.Consents[i]
		c.Register = c.Join(optout.Register{OptedInAt: value(in), OptedOutAt: value(out), HeldAt: value(held)})
		c.LockedUntil, c.FromAWS = value(locked), c.FromAWS || fromAWS
		known[contact] = k
		return nil
	})
	return err
}

func collectSyncs(rows pgx.Rows, known map[sms.Phone]reconcile.Known) error {
	var contact sms.Phone
	var s reconcile.Sync
	var tried, settled *time.Time
	_, err := pgx.ForEachRow(rows, []any{&contact, &s.Program, &s.State, &s.Did, &s.Tried, &s.Release, &s.Locked, &s.NotBefore, &s.PlannedAt, &tried, &settled}, func() error {
		s.TriedSince, s.SettledAt = value(tried), value(settled)
		k := known[contact]
		k.Syncs = append(k.Syncs, s)
		known[contact] = k
		return nil
	})
	return err
}

// value is a time as Go has it: the zero time for what never was.
func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
