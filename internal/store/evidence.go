package store

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/delivery"
)

// settings reads what the newest ruleset says to SQL.
const settings = `(SELECT r.settings FROM heed.ruleset r ORDER BY r.version DESC LIMIT 1)`

// recordBlocks makes the blocks of toll-free numbers evidence of consent. Each counts, whatever the register says
// already: so any order of events, and of texts between them, ends in the same ledger. AWS's lists are told where it
// is news.
var recordBlocks = `
WITH blocked AS (
    SELECT x.* FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[])
        AS x (program, contact, identity, said_at, message_id, event_type, aws_status, description)
    WHERE coalesce(` + settings + ` -> 'programs' -> x.program ->> 'carrierBlocks', 'opt_out') = 'opt_out'
), event AS (
    INSERT INTO heed.consent_event (program, contact, state, said_at, source, evidence, actor, recorded_at)
    SELECT program, contact, 'opted_out', said_at, 'send_refused',
           jsonb_build_object('reason', $9::text, 'message_id', message_id, 'event_type', event_type, 'aws_status', aws_status,
                              'description', description, 'identity', identity), 'aws', $10
    FROM blocked ORDER BY program, message_id, event_type
    RETURNING id, program, contact, state, said_at
), follows AS (
    SELECT e.program, e.contact, l.list, e.said_at, row_number() OVER (PARTITION BY e.program, e.contact, e.said_at ORDER BY l.list) AS seq
    FROM event e CROSS JOIN LATERAL (
        SELECT DISTINCT p.value ->> 'optOutList' AS list
        FROM (SELECT ` + settings + ` AS settings) s, jsonb_each(s.settings -> 'programs') p
        -- Under sender scope one STOP stops all.
        WHERE (p.key = e.program OR s.settings ->> 'scope' = 'sender') AND p.value ->> 'optOutList' <> '') l
    WHERE ` + listable("e.contact") + `
      -- One that is opted out is on the list already, or on the way to it; whoever came back after the block is not put there.
      AND NOT EXISTS (SELECT FROM heed.consent c WHERE c.program = e.program AND c.contact = e.contact
                        AND (c.state = 'opted_out' OR greatest(c.opted_in_at, CASE WHEN c.state = 'opted_in' THEN c.since END) > e.said_at))
)` + joinRegister(func(row string) string {
	return `CASE WHEN EXISTS (SELECT FROM follows f WHERE f.program = ` + row + `.program AND f.contact = ` + row + `.contact) THEN 'pending' END`
}) + `, planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, not_before, said_at, created_at)
    SELECT 'blocked/' || b.message_id || '/' || extract(epoch FROM f.said_at), f.seq, 'sync_optout', f.program, f.contact, b.identity, f.list,
        $10, f.said_at, $10
    FROM follows f CROSS JOIN LATERAL (
        SELECT b.message_id, b.identity FROM blocked b
        WHERE b.program = f.program AND b.contact = f.contact AND b.said_at = f.said_at ORDER BY b.message_id LIMIT 1) b
    ON CONFLICT (chain, seq) DO NOTHING
)
SELECT count(*) FROM event`

// suspend records that a number is invalid, once a message. A sign of life, or an operator, that lifted another
// suspension after this event has answered it too: events may come late.
const suspend = `
WITH invalid AS (
    SELECT DISTINCT ON (x.contact, x.message_id) x.*
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[])
        AS x (program, contact, identity, since, message_id, event_type, aws_status, description)
    WHERE coalesce(` + settings + ` -> 'programs' -> x.program ->> 'invalidNumbers', 'suspend') = 'suspend'
    ORDER BY x.contact, x.message_id, x.since, x.event_type
), suspended AS (
    INSERT INTO heed.suspension AS s (contact, reason, since, message_id, evidence, lifted_at, lifted_by)
    SELECT i.contact, $9, i.since, i.message_id,
           jsonb_build_object('event_type', event_type, 'aws_status', aws_status, 'description', description, 'identity', identity, 'program', program),
           l.lifted_at, l.lifted_by
    FROM invalid i LEFT JOIN LATERAL (
        SELECT o.lifted_at, o.lifted_by FROM heed.suspension o WHERE o.contact = i.contact AND o.lifted_at > i.since ORDER BY o.lifted_at LIMIT 1) l ON true
    ORDER BY i.contact, i.message_id
    ON CONFLICT (contact, message_id) DO UPDATE SET since = excluded.since, evidence = excluded.evidence WHERE excluded.since < s.since
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM suspended`

// queueEvidenceLocks comes before all that writes consent.
func queueEvidenceLocks(batch *pgx.Batch, found []delivery.Evidence) {
	var contacts []string
	for _, e := range found {
		contacts = append(contacts, string(e.Contact))
	}
	if len(contacts) > 0 {
		batch.Queue(lockContacts, contacts)
	}
}

// queueEvidence records what the events of a batch show of people.
func queueEvidence(batch *pgx.Batch, b delivery.Batch, counts *delivery.Counts) {
	queueFinding(batch, recordBlocks, delivery.TollFreeBlocked, b, &counts.OptedOut, b.At)
	queueFinding(batch, suspend, delivery.InvalidNumber, b, &counts.Suspended)
}

func queueFinding(batch *pgx.Batch, statement string, finding delivery.Finding, b delivery.Batch, count *int, more ...any) {
	var program, contact, identity, message, eventType, status, description []string
	var at []time.Time
	for _, e := range b.Evidence {
		if e.Finding != finding {
			continue
		}
		program, contact, identity = append(program, e.Program), append(contact, string(e.Contact)), append(identity, string(e.Identity))
		message, eventType, status = append(message, e.MessageID), append(eventType, e.EventType), append(status, e.AWSStatus)
		description, at = append(description, e.Description), append(at, e.At)
	}
	if len(contact) == 0 {
		return
	}
	args := append([]any{program, contact, identity, at, message, eventType, status, description, string(finding)}, more...)
	batch.Queue(statement, args...).QueryRow(func(row pgx.Row) error { return row.Scan(count) })
}
