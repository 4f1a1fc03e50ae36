package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/report"
)

// Of each kind of entry as many are read as a page holds, and one more: they are put in one order in Go. The indexes know
// the time only, so entries of one moment are read together: to order them by id in each partition would cost more than
// all the rest.
//
// $1 the contact, $2 the program or ”, $3 since, $4 until, $5 the cursor's time, $6 its id, $7 whether all of that time
// are behind it, $8 how many.
const (
	between = `AND ($2 = '' OR %[1]s.program = $2) AND %[2]s >= $3 AND %[2]s < $4 AND %[2]s <= $5 AND (%[2]s < $5 OR $7 OR %[3]s < $6)
ORDER BY %[2]s DESC FETCH FIRST $8 ROWS WITH TIES`

	// What became of a reply stands with it: its message is looked up in the days in which it can have gone out.
	repliesTo = `
SELECT o.created_at, o.id::text COLLATE "C", o.program, o.identity, coalesce(o.purpose, ''), coalesce(o.rule, ''), coalesce(o.body, ''), o.state,
       coalesce(o.error, ''), o.settled_at, coalesce(o.aws_message_id, m.message_id, ''),
       m.status, m.is_final, m.requested_at, m.accepted_at, m.delivered_at, m.read_at, m.failed_at, m.failure_reason, m.country, m.carrier,
       m.parts, m.price::text, m.carrier_fee::text
FROM (
    SELECT * FROM heed.outbox o
    WHERE o.contact = $1 AND o.kind = 'reply' %s
) o
LEFT JOIN heed.message m ON m.message_id = coalesce(o.aws_message_id, CASE o.state WHEN 'failed' THEN ` + refusedID + ` END)
    AND m.requested_at >= o.created_at - interval '1 hour' AND m.requested_at <= coalesce(o.settled_at, o.created_at) + interval '4 days'`

	// heed's own replies are told of by the outbox, with their words.
	messagesTo = `
SELECT m.requested_at, m.message_id, coalesce(m.program, ''), coalesce(m.identity, ''), coalesce(m.campaign, ''), coalesce(m.template, ''),
       m.status, m.is_final, m.requested_at, m.accepted_at, m.delivered_at, m.read_at, m.failed_at, m.failure_reason, m.country, m.carrier,
       m.parts, m.price::text, m.carrier_fee::text
FROM heed.message m
WHERE m.contact = $1
  AND NOT EXISTS (SELECT FROM heed.outbox o WHERE o.id = m.outbox_id AND o.contact = $1
                    AND m.message_id IN (o.aws_message_id, CASE o.state WHEN 'failed' THEN ` + refusedID + ` END)) %s`

	textsFrom = `
SELECT i.said_at, i.identity || '/' || i.inbound_message_id || '/' || i.variant, i.program, i.inbound_message_id, i.identity, i.body, i.verdict, i.reason,
       i.matched, coalesce(i.rule, ''), i.ruleset_version, i.received_at, i.body_removed_at IS NOT NULL
FROM heed.inbound i
WHERE i.contact = $1 %s`

	// Who was forgotten and came back has rows under two names. A person's ledger is short: it is read whole.
	consentOf = `
WITH said AS (
    SELECT * FROM heed.consent_event WHERE contact IN ($1, heed.pseudonym($1)) AND of_event IS NULL
), event AS (
    SELECT s.*, s.said_at AS at FROM said s
    UNION ALL
    SELECT d.*, d.recorded_at FROM said s JOIN heed.consent_event d ON d.of_event = s.id AND d.program = s.program AND d.contact = s.contact
)
SELECT e.at, e.id::text COLLATE "C", e.program, e.id, e.state, e.source, coalesce(e.evidence ->> 'reason', ''), coalesce(e.actor, ''),
       coalesce(e.inbound_message_id, ''), e.recorded_at, coalesce(e.of_event, 0)
FROM event e
WHERE true %s`

	// A plan made for one contact takes longer than to look them up, where there are many partitions.
	onePlan = `SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)`
)

// conversation are the statements with what bounds them.
type conversation struct{ replies, messages, texts, consent string }

func newConversation() conversation {
	bounds := func(row, at, id string) string { return fmt.Sprintf(between, row, at, id) }
	return conversation{
		replies:  fmt.Sprintf(repliesTo, bounds("o", "o.created_at", `o.id::text COLLATE "C"`)),
		messages: fmt.Sprintf(messagesTo, bounds("m", "m.requested_at", "m.message_id")),
		texts:    fmt.Sprintf(textsFrom, bounds("i", "i.said_at", "(i.identity || '/' || i.inbound_message_id || '/' || i.variant)")),
		consent:  fmt.Sprintf(consentOf, bounds("e", "e.at", `e.id::text COLLATE "C"`)),
	}
}

// The bounds of time that Go's and Postgres's both hold.
var (
	ever  = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// Timeline gives a page of what happened between a contact and us, the newest first, in one round trip. Who is not known
// has an empty one.
func (s *Store) Timeline(ctx context.Context, q report.TimelineQuery) (*report.Timeline, error) {
	since, until, at := q.Since, q.Until, q.After.At
	if since.IsZero() {
		since = ever
	}
	if until.IsZero() {
		until = never
	}
	if q.After.IsZero() {
		at = never
	}
	var texts, replies, messages, changes []report.TimelineEntry
	statements := newConversation()
	batch := &pgx.Batch{}
	batch.Queue(onePlan)
	for _, kind := range []struct {
		name, statement string
		into            *[]report.TimelineEntry
		scan            pgx.RowToFunc[report.TimelineEntry]
	}{
		{report.KindText, statements.texts, &texts, scanTimelineText},
		{report.KindReply, statements.replies, &replies, scanTimelineReply},
		{report.KindMessage, statements.messages, &messages, scanTimelineMessage},
		{report.KindConsent, statements.consent, &changes, scanTimelineConsent},
	} {
		id, all := q.After.Bound(kind.name)
		batch.Queue(kind.statement, q.Contact, q.Program, since, until, at, id, all, q.Limit+1).Query(into(kind.into, kind.scan))
	}
	if err := s.send(ctx, batch); err != nil {
		return nil, fmt.Errorf("read the timeline: %w", err)
	}
	all := slices.Concat(texts, replies, messages, changes)
	slices.SortFunc(all, func(a, b report.TimelineEntry) int {
		switch {
		case b.Cursor().Follows(a.Cursor()):
			return -1
		case a.Cursor().Follows(b.Cursor()):
			return 1
		}
		return 0
	})
	page := &report.Timeline{Contact: q.Contact, Entries: append([]report.TimelineEntry{}, all...)}
	if len(all) > q.Limit {
		page.Entries = page.Entries[:q.Limit:q.Limit]
		page.Next = page.Entries[q.Limit-1].Cursor()
	}
	return page, nil
}

func scanTimelineText(row pgx.CollectableRow) (e report.TimelineEntry, err error) {
	t := &report.TimelineText{}
	e.Kind, e.Text = report.KindText, t
	err = row.Scan(&e.At, &e.ID, &e.Program, &t.InboundMessageID, &t.Identity, &t.Body, &t.Verdict, &t.Reason, &t.Matched, &t.Rule, &t.RulesetVersion,
		&t.ReceivedAt, &t.Removed)
	utc(&e.At, &t.ReceivedAt)
	return e, err
}

func scanTimelineReply(row pgx.CollectableRow) (e report.TimelineEntry, err error) {
	r, d := &report.TimelineReply{}, pastDelivery{}
	e.Kind, e.Reply = report.KindReply, r
	err = row.Scan(append([]any{&e.At, &e.ID, &e.Program, &r.Identity, &r.Purpose, &r.Rule, &r.Body, &r.State, &r.Error, &r.SettledAt, &r.MessageID},
		d.fields()...)...)
	utc(&e.At, r.SettledAt)
	r.Delivery = d.given()
	return e, err
}

func scanTimelineMessage(row pgx.CollectableRow) (e report.TimelineEntry, err error) {
	m, d := &report.TimelineMessage{}, pastDelivery{}
	e.Kind, e.Message = report.KindMessage, m
	err = row.Scan(append([]any{&e.At, &e.ID, &e.Program, &m.Identity, &m.Campaign, &m.Template}, d.fields()...)...)
	if given := d.given(); given != nil {
		m.Delivery = *given
	}
	utc(&e.At)
	m.MessageID = e.ID
	return e, err
}

func scanTimelineConsent(row pgx.CollectableRow) (e report.TimelineEntry, err error) {
	c := &report.TimelineConsent{}
	e.Kind, e.Consent = report.KindConsent, c
	err = row.Scan(&e.At, &e.ID, &e.Program, &c.EventID, &c.State, &c.Source, &c.Reason, &c.Actor, &c.InboundMessageID, &c.RecordedAt, &c.Decides)
	utc(&e.At, &c.RecordedAt)
	return e, err
}

// pastDelivery is a message's fate in a row that may have none.
type pastDelivery struct {
	status                          *string
	final                           *bool
	requested                       *time.Time
	accepted, delivered, read, fail *time.Time
	reason, country, carrier        *string
	parts                           *int
	price, fee                      *string
}

func (d *pastDelivery) fields() []any {
	return []any{
		&d.status, &d.final, &d.requested, &d.accepted, &d.delivered, &d.read, &d.fail, &d.reason, &d.country, &d.carrier, &d.parts, &d.price, &d.fee,
	}
}

// given is nil where there was no message.
func (d *pastDelivery) given() *report.Delivery {
	if d.status == nil {
		return nil
	}
	utc(d.requested, d.accepted, d.delivered, d.read, d.fail)
	return &report.Delivery{
		Status: *d.status, Final: *d.final, RequestedAt: *d.requested, AcceptedAt: d.accepted, DeliveredAt: d.delivered, ReadAt: d.read,
		FailedAt: d.fail, FailureReason: orNone(d.reason), Country: orNone(d.country), Carrier: orNone(d.carrier), Parts: orNone(d.parts),
		Price: orNone(d.price), CarrierFee: orNone(d.fee),
	}
}

// orNone is a value, or the zero value where there is none.
func orNone[T any](v *T) (none T) {
	if v == nil {
		return none
	}
	return *v
}
