package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
)

const (
	// Only the id is known: the index of each partition is asked, by a plan that is made once a connection.
	messageByID = `
SELECT m.requested_at, coalesce(m.contact, ''), coalesce(m.identity, ''), coalesce(m.program, ''), coalesce(m.campaign, ''), coalesce(m.tenant, ''),
       coalesce(m.template, ''), m.status, m.status_at, m.aws_status, m.event_type, m.is_final, m.accepted_at, m.delivered_at, m.read_at, m.failed_at,
       coalesce(m.failure_status, ''), coalesce(m.failure_reason, ''), m.no_receipt_at, coalesce(m.parts, 0), coalesce(m.price::text, ''),
       coalesce(m.carrier_fee::text, ''), coalesce(m.country, ''), coalesce(m.mcc, ''), coalesce(m.mnc, ''), coalesce(m.carrier, ''),
       coalesce(m.encoding, ''), coalesce(m.message_type, ''), m.context, m.updated_at, m.outbox_id::text,
       ` + replyColumns + `,
       -- For the next statement: what came late (somebody read it after weeks) changed the message when it came. Clocks of
       -- AWS, of carriers and of handsets may be a day apart.
       set_config('heed.since', (min(least(m.requested_at, m.status_at, m.updated_at, m.accepted_at, m.delivered_at, m.read_at, m.failed_at)) OVER ()
           - interval '1 day')::text, true),
       set_config('heed.until', (max(greatest(m.requested_at, m.status_at, m.updated_at, m.accepted_at, m.delivered_at, m.read_at, m.failed_at)) OVER ()
           + interval '1 day')::text, true)
FROM heed.message m LEFT JOIN heed.outbox o ON o.id = m.outbox_id AND o.kind = 'reply'
WHERE m.message_id = $1
ORDER BY m.requested_at DESC`

	replyColumns = `o.id::text, coalesce(o.contact, ''), coalesce(o.identity, ''), coalesce(o.program, ''), coalesce(o.purpose, ''), coalesce(o.rule, ''),
       coalesce(o.body, ''), coalesce(o.state, ''), coalesce(o.error, ''), o.created_at, o.settled_at, coalesce(o.chain, '')`

	// A reply that AWS took and has not told of yet.
	replyByMessage = `
SELECT ` + replyColumns + ` FROM heed.outbox o WHERE o.kind = 'reply' AND o.aws_message_id = $1 ORDER BY o.created_at DESC LIMIT 1`

	// Between the bounds of the statement before, in the same round trip: the partitions of other days are not asked.
	eventsOfMessage = `
SELECT e.requested_at, e.occurred_at, e.received_at, e.event_type, e.aws_status, e.status, e.is_final, coalesce(e.description, ''), coalesce(e.parts, 0),
       coalesce(e.price::text, ''), coalesce(e.carrier_fee::text, ''), coalesce(e.country, ''), coalesce(e.mcc, ''), coalesce(e.mnc, ''),
       coalesce(e.carrier, ''), e.extra
FROM heed.delivery_event e
WHERE e.message_id = $1 AND e.occurred_at >= nullif(current_setting('heed.since', true), '')::timestamptz
  AND e.occurred_at <= nullif(current_setting('heed.until', true), '')::timestamptz
ORDER BY e.occurred_at, e.received_at, e.event_type`

	answeredText = `
SELECT said_at, verdict, reason, body FROM heed.inbound WHERE identity = $1 AND inbound_message_id = $2 AND variant = $3`
)

// Message is the life of a message, by its id alone: AWS's, or that of a refused reply. The error is
// [report.ErrNoMessage] where nothing is known of it.
func (s *Store) Message(ctx context.Context, id string) (*report.Message, error) {
	if !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return nil, report.ErrNoMessage // no text of Postgres has it
	}
	lives, err := s.lives(ctx, id)
	if err == nil && len(lives) == 0 {
		lives, err = s.untold(ctx, id)
	}
	if err == nil && len(lives) == 0 {
		return nil, report.ErrNoMessage
	}
	if err == nil {
		err = s.answered(ctx, lives)
	}
	if err != nil {
		return nil, fmt.Errorf("read the message: %w", err)
	}
	newest := lives[0].message
	for _, l := range lives[1:] {
		newest.Earlier = append(newest.Earlier, l.message)
	}
	return newest, nil
}

// life is a message as it is read: beside it the reply's row.
type life struct {
	message *report.Message
	reply   replyRow
}

// replyRow is a reply's row of the outbox. Where there is none its id is nil.
type replyRow struct {
	id                         *string
	contact, identity, program string
	purpose, rule, body        string
	state, failure             string
	plannedAt, settledAt       *time.Time
	chain                      string
}

func (r *replyRow) fields() []any {
	return []any{
		&r.id, &r.contact, &r.identity, &r.program, &r.purpose, &r.rule, &r.body, &r.state, &r.failure, &r.plannedAt, &r.settledAt, &r.chain,
	}
}

// answers is AWS's id of the text that the reply answers, and its variant.
func (r *replyRow) answers() (id, variant string) {
	a := outbox.Action{Chain: r.chain, Identity: sms.Identity(r.identity)}
	id, v := a.Answers()
	return id, string(v)
}

// lives reads the messages of an id, the newest first, with their events, in one round trip.
func (s *Store) lives(ctx context.Context, id string) ([]life, error) {
	var lives []life
	batch := &pgx.Batch{}
	batch.Queue(onePlan) // planning for the days takes longer than looking them up
	batch.Queue(messageByID, id).Query(func(rows pgx.Rows) (err error) {
		lives, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (life, error) { return scanLife(row, id) })
		return err
	})
	batch.Queue(eventsOfMessage, id).Query(func(rows pgx.Rows) error {
		var requested time.Time
		var e report.MessageEvent
		var extra []byte
		_, err := pgx.ForEachRow(rows, []any{
			&requested, &e.OccurredAt, &e.ReceivedAt, &e.Type, &e.AWSStatus, &e.Status, &e.Final, &e.Description, &e.Parts, &e.Price, &e.CarrierFee,
			&e.Country, &e.MCC, &e.MNC, &e.Carrier, &extra,
		}, func() error {
			utc(&e.OccurredAt, &e.ReceivedAt)
			e.Lag, e.Extra = e.ReceivedAt.Sub(e.OccurredAt).Seconds(), json.RawMessage(extra)
			m := ofRequest(lives, requested)
			m.Events = append(m.Events, e)
			return nil
		})
		return err
	})
	err := s.pool.SendBatch(ctx, batch).Close()
	return lives, err
}

func scanLife(row pgx.CollectableRow, id string) (life, error) {
	m := &report.Message{ID: id, Events: []report.MessageEvent{}}
	l := life{message: m}
	var outboxID *string
	err := row.Scan(append([]any{
		&m.RequestedAt, &m.Contact, &m.Identity, &m.Program, &m.Campaign, &m.Tenant, &m.Template, &m.Status, &m.StatusAt, &m.AWSStatus,
		&m.EventType, &m.Final, &m.AcceptedAt, &m.DeliveredAt, &m.ReadAt, &m.FailedAt, &m.FailureStatus, &m.FailureReason, &m.NoReceiptAt,
		&m.Parts, &m.Price, &m.CarrierFee, &m.Country, &m.MCC, &m.MNC, &m.Carrier, &m.Encoding, &m.MessageType, &m.Context, &m.UpdatedAt, &outboxID,
	}, append(l.reply.fields(), nil, nil)...)...)
	utc(&m.RequestedAt, &m.StatusAt, m.AcceptedAt, m.DeliveredAt, m.ReadAt, m.FailedAt, m.NoReceiptAt, &m.UpdatedAt)
	if outboxID != nil {
		m.Reply = l.reply.told(*outboxID, m.Context)
	}
	return l, err
}

// told is what is known of a reply: by its row, and where that is gone by what its Context carried.
func (r *replyRow) told(id string, carried map[string]string) *report.MessageReply {
	reply := &report.MessageReply{
		OutboxID: id, Purpose: r.purpose, Rule: r.rule, Body: r.body, State: r.state, Error: r.failure, PlannedAt: r.plannedAt, SettledAt: r.settledAt,
	}
	utc(reply.PlannedAt, reply.SettledAt)
	text, _ := r.answers()
	if r.id == nil {
		reply.Rule, text = carried[sms.ContextRule], carried[sms.ContextInbound]
	}
	if text != "" {
		reply.Answers = &report.AnsweredText{Identity: r.identity, InboundMessageID: text}
	}
	return reply
}

// untold is a reply that became a message of which no event has come: AWS has it, and that is all that is known.
func (s *Store) untold(ctx context.Context, id string) ([]life, error) {
	var l life
	if err := s.pool.QueryRow(ctx, replyByMessage, id).Scan(l.reply.fields()...); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, nil
		}
		return nil, err
	}
	at := *cmp.Or(l.reply.settledAt, l.reply.plannedAt)
	l.message = &report.Message{
		ID: id, RequestedAt: at.UTC(), Contact: l.reply.contact, Identity: l.reply.identity, Program: l.reply.program,
		Status: string(sms.StatusQueued), StatusAt: at.UTC(), UpdatedAt: at.UTC(), Events: []report.MessageEvent{}, Reply: l.reply.told(*l.reply.id, nil),
	}
	return []life{l}, nil
}

// answered adds the text that each reply answers.
func (s *Store) answered(ctx context.Context, lives []life) error {
	batch := &pgx.Batch{}
	for i := range lives {
		reply, r := lives[i].message.Reply, &lives[i].reply
		text, variant := r.answers()
		if text == "" || reply == nil {
			continue
		}
		batch.Queue(answeredText, r.identity, text, variant).Query(func(rows pgx.Rows) error {
			t := reply.Answers
			_, err := pgx.ForEachRow(rows, []any{&t.SaidAt, &t.Verdict, &t.Reason, &t.Body}, func() error { return nil })
			utc(t.SaidAt)
			return err
		})
	}
	if batch.Len() == 0 {
		return nil
	}
	return s.pool.SendBatch(ctx, batch).Close()
}

// ofRequest is the message of a request. An event that was told with two times of request has kept one of them.
func ofRequest(lives []life, requested time.Time) *report.Message {
	for _, l := range lives {
		if l.message.RequestedAt.Equal(requested) {
			return l.message
		}
	}
	return lives[0].message
}
