package main

import (
	"strconv"
	"time"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/sms"
)

// copyRows collects rows as COPY takes them: tabs between columns, \N for NULL. No value of a month holds what needs
// escaping.
type copyRows struct {
	columns string
	body    []byte
	rows    int
	day     time.Time
	date    string // of the day
}

func (c *copyRows) text(s string) {
	c.body = append(append(c.body, s...), '\t')
}

// optional is NULL where nothing is known.
func (c *copyRows) optional(values ...string) {
	for _, s := range values {
		if s == "" {
			s = `\N`
		}
		c.text(s)
	}
}

func (c *copyRows) time(t time.Time) {
	if t.IsZero() {
		c.optional("")
		return
	}
	// The layout "2006-01-02 15:04:05.000+00", and most times of a set are of one day.
	if day := t.Truncate(24 * time.Hour); !day.Equal(c.day) {
		c.day, c.date = day, day.Format("2006-01-02 ")
	}
	ms := int(t.Sub(c.day) / time.Millisecond)
	two := func(n int, after byte) { c.body = append(c.body, byte('0'+n/10), byte('0'+n%10), after) }
	c.body = append(c.body, c.date...)
	two(ms/3_600_000, ':')
	two(ms/60_000%60, ':')
	two(ms/1000%60, '.')
	c.body = append(c.body, byte('0'+ms/100%10), byte('0'+ms/10%10), byte('0'+ms%10), '+', '0', '0', '\t')
}

func (c *copyRows) int(n int) { c.body = append(strconv.AppendInt(c.body, int64(n), 10), '\t') }

func (c *copyRows) bool(b bool) { c.body = append(strconv.AppendBool(c.body, b), '\t') }

func (c *copyRows) end() {
	c.body[len(c.body)-1] = '\n'
	c.rows++
}

const (
	eventCopy = `COPY heed.delivery_event (message_id, event_type, occurred_at, requested_at, aws_status, status, is_final, contact,
    identity, country, mcc, mnc, encoding, message_type, description, parts, price, carrier_fee, is_international, context, received_at) FROM STDIN`
	messageCopy = `COPY heed.message (message_id, requested_at, status_rank, status, status_at, aws_status, event_type, contact, identity, program,
    is_final, accepted_at, delivered_at, failed_at, failure_status, failure_reason, parts, price, carrier_fee, country, mcc, mnc,
    encoding, message_type, context, campaign, tenant, template, outbox_id, no_receipt_at, updated_at) FROM STDIN`
	textCopy = `COPY heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, rule, ruleset_version,
    said_at, received_at, raw) FROM STDIN`
	replyCopy = `COPY heed.outbox (id, chain, seq, kind, program, contact, identity, purpose, rule, body, state, attempts, not_before,
    aws_message_id, said_at, created_at, settled_at) FROM STDIN`
)

// received is when an event that occurred at a time was in the table.
func received(e *sms.Event) time.Time { return e.OccurredAt.Add(700 * time.Millisecond) }

func (c *copyRows) event(e *sms.Event, context string) {
	c.text(e.MessageID)
	c.text(e.Type)
	c.time(e.OccurredAt)
	c.time(e.RequestedAt)
	c.text(e.AWSStatus)
	c.text(string(e.Status))
	c.bool(e.Final)
	c.optional(string(e.Contact), string(e.Identity), e.Country, e.MCC, e.MNC, e.Encoding, e.MessageType, e.Description)
	c.int(e.Parts)
	c.optional(string(e.Price), string(e.CarrierFee), e.International)
	c.text(context)
	c.time(received(e))
	c.end()
}

// message writes what the events of a message come to, by the fold itself, and the relay's word on one of which nothing
// more was heard.
func (c *copyRows) message(s *sent, until time.Time) {
	var keys delivery.ReportKeys
	state := delivery.Of(&s.events[0], s.campaign.program, keys)
	updated := received(&s.events[0])
	for i := range s.events[1:] {
		state.Join(delivery.Of(&s.events[1+i], s.campaign.program, keys))
		if at := received(&s.events[1+i]); at.After(updated) {
			updated = at
		}
	}
	var silent time.Time
	if given := s.requestedAt.Add(silentAfter); !state.Final && given.Before(until) {
		state.Final, updated = true, given
		if state.Rank < sms.RankNoReceipt {
			state.Rank, state.Status, state.StatusAt, state.AWSStatus, state.EventType = sms.RankNoReceipt, sms.StatusNoReceipt, given, "", ""
			silent = given
		}
	}
	c.text(state.MessageID)
	c.time(state.RequestedAt)
	c.int(int(state.Rank))
	c.text(string(state.Status))
	c.time(state.StatusAt)
	c.text(state.AWSStatus)
	c.text(state.EventType)
	c.optional(string(state.Contact), string(state.Identity), state.Program)
	c.bool(state.Final)
	c.time(state.AcceptedAt)
	c.time(state.DeliveredAt)
	c.time(state.FailedAt)
	c.optional(state.FailureStatus, state.FailureReason)
	c.int(state.Parts)
	c.optional(string(state.Price), string(state.CarrierFee), state.Country, state.MCC, state.MNC, state.Encoding, state.MessageType)
	c.text(s.context)
	c.optional(state.Campaign, state.Tenant, state.Template, state.OutboxID)
	c.time(silent)
	c.time(updated)
	c.end()
}

func (c *copyRows) inbound(t *said) {
	c.text(string(t.identity))
	c.text(t.id)
	c.text("")
	c.text(string(t.person.number))
	c.text(t.program)
	c.text(t.body)
	c.text(t.verdict)
	c.text(t.reason)
	c.optional(t.rule)
	c.int(1)
	c.time(t.at)
	c.time(t.at.Add(200 * time.Millisecond))
	c.text(object(map[string]string{"originationNumber": string(t.person.number), "destinationNumber": string(t.identity), "messageBody": t.body, "inboundMessageId": t.id}))
	c.end()
}

func (c *copyRows) reply(t *said) {
	at := t.at.Add(200 * time.Millisecond)
	c.text(t.reply.outbox)
	c.text(string(t.identity) + "/" + t.id + "/")
	c.int(1)
	c.text("reply")
	c.text(t.program)
	c.text(string(t.person.number))
	c.text(string(t.identity))
	c.text(t.verdict)
	c.optional(t.rule)
	c.text("Acme: thank you. Reply HELP for help, STOP to end.")
	c.text("done")
	c.int(1)
	c.time(at)
	c.text(t.reply.id)
	c.time(t.at)
	c.time(at)
	c.time(t.reply.requestedAt)
	c.end()
}
