package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/store"
)

// eventAfter is an event of a message, some time after its request.
func eventAfter(message string, requested time.Time, after time.Duration, status string, more string) string {
	return fmt.Sprintf(`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":%q%s}`,
		status, requested.Add(after).UnixMilli(), message, requested.UnixMilli(), status, more)
}

func message(t *testing.T, s *store.Store, id string) *report.Message {
	t.Helper()
	m, err := s.Message(context.Background(), id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return m
}

// statuses are those of a message's events, in their order.
func statuses(m *report.Message) []string {
	var all []string
	for _, e := range m.Events {
		all = append(all, e.Status)
	}
	return all
}

const inFull = `,"isFinal":true,"originationPhoneNumber":"+12065550100","destinationPhoneNumber":"+14255550101","isoCountryCode":"US","mcc":"310","mnc":"260",
	"carrierName":"Example Mobile","messageEncoding":"Unicode","messageType":"PROMOTIONAL","messageStatusDescription":"Message has been accepted by phone",
	"totalMessageParts":2,"totalMessagePrice":0.01162,"totalCarrierFee":0.006,"isInternationalSend":false,"newField":7,
	"context":{"campaign":"spring","tenant":"t-1","template":"hello","other":"x"}`

// A message that heed never sent is a message like any other: every column that AWS's events can fill is filled, and the
// counts say that it is nobody's reply.
func TestOrphansAreComplete(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	mustWork(t, events(s).Work(context.Background(), records(
		eventAfter("m", noon(), time.Second, "SUCCESSFUL", ""), eventAfter("m", noon(), 2*time.Second, "UNREACHABLE", `,"messageStatusDescription":"away"`),
		eventAfter("m", noon(), 4*time.Second, "READ", ""), eventAfter("m", noon(), 3*time.Second, "DELIVERED", inFull),
		eventAfter("foreign", noon(), time.Second, "DELIVERED", `,"context":{"heed_outbox":"somebody else's"}`),
	)))
	var empty []string
	for column, value := range scan[map[string]any](t, s, `SELECT to_jsonb(m) FROM heed.message m WHERE message_id = 'm'`) {
		if value == nil {
			empty = append(empty, column)
		}
	}
	if diff := cmp.Diff(map[string]bool{"outbox_id": true, "no_receipt_at": true}, setOf(empty)); diff != "" {
		t.Errorf("empty columns (-want +got):\n%s", diff)
	}
	if got := scan[string](t, s, `SELECT concat_ws(' ', status, program, campaign, tenant, template, parts, price, failure_status) FROM heed.message WHERE message_id = 'm'`); got != "read alerts spring t-1 hello 2 0.01162 UNREACHABLE" {
		t.Errorf("the message is %q", got)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.message WHERE outbox_id IS NULL`); n != 2 {
		t.Errorf("%d messages are of others, want both", n)
	}
	if _, err := s.RefreshDelivery(context.Background(), noon()); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, s, `SELECT sum(messages), sum(replies) FROM heed.delivery_quarter`); got != "(2,0)" {
		t.Errorf("counted messages and replies %s, want (2,0)", got)
	}
}

func setOf(words []string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return set
}

// All that was told of a message is in its life, in order, with how long it took to get here.
func TestMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	requested := noon().Add(-10 * time.Second)
	mustWork(t, events(s).Work(context.Background(), records(
		eventAfter("m", requested, 3*time.Second, "DELIVERED", inFull), eventAfter("m", requested, time.Second, "PENDING", ""), eventAfter("other", requested, time.Second, "PENDING", ""),
	)))
	at := func(after time.Duration) *time.Time { t := requested.Add(after); return &t }
	want := &report.Message{
		ID: "m", RequestedAt: requested, Contact: ann, Identity: "+12065550100", Program: "alerts", Campaign: "spring", Tenant: "t-1", Template: "hello",
		Status: "delivered", StatusAt: *at(3 * time.Second), AWSStatus: "DELIVERED", EventType: "TEXT_DELIVERED", Final: true, DeliveredAt: at(3 * time.Second),
		Parts: 2, Price: "0.01162", CarrierFee: "0.006", Country: "US", MCC: "310", MNC: "260", Carrier: "Example Mobile", Encoding: "UNICODE", MessageType: "PROMOTIONAL",
		Context: map[string]string{"campaign": "spring", "tenant": "t-1", "template": "hello", "other": "x"}, UpdatedAt: noon(),
		Events: []report.MessageEvent{
			{OccurredAt: *at(time.Second), ReceivedAt: noon(), Lag: 9, Type: "TEXT_PENDING", AWSStatus: "PENDING", Status: "sent"},
			{
				OccurredAt: *at(3 * time.Second), ReceivedAt: noon(), Lag: 7, Type: "TEXT_DELIVERED", AWSStatus: "DELIVERED", Status: "delivered", Final: true,
				Description: "Message has been accepted by phone", Parts: 2, Price: "0.01162", CarrierFee: "0.006", Country: "US", MCC: "310", MNC: "260",
				Carrier: "Example Mobile", Extra: json.RawMessage(`{"newField": 7}`),
			},
		},
	}
	if diff := cmp.Diff(want, message(t, s, "m")); diff != "" {
		t.Error(diff)
	}
}

// Each row: what AWS told when, and what the life of the message has to have in it.
func TestMessageHasEveryEvent(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		sentence string
		events   []string
		want     []string
	}{
		{"somebody reads it after five weeks", []string{eventAfter("m", noon(), time.Second, "DELIVERED", ""), eventAfter("m", noon(), 35*day, "READ", "")}, []string{"delivered", "read"}},
		{"a word of less rank comes after five weeks", []string{eventAfter("m", noon(), time.Second, "DELIVERED", ""), eventAfter("m", noon(), 35*day, "UNKNOWN", "")}, []string{"delivered", "unknown"}},
		{"a clock that is behind tells of it before it was asked for", []string{eventAfter("m", noon(), -time.Hour, "PENDING", ""), eventAfter("m", noon(), time.Second, "DELIVERED", "")}, []string{"sent", "delivered"}},
		{"a day for which there is no partition", []string{eventAfter("m", noon().AddDate(20, 0, 0), time.Second, "DELIVERED", "")}, []string{"delivered"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if _, err := s.Pool().Exec(context.Background(), `SELECT heed.make_partitions('2026-11-18', '2026-12-28')`); err != nil {
				t.Fatal(err)
			}
			h := events(s)
			for i, e := range c.events {
				h.Now = func() time.Time { return noon().Add(time.Duration(i) * 35 * day) }
				mustWork(t, h.Work(context.Background(), records(e)))
			}
			if diff := cmp.Diff(c.want, statuses(message(t, s, "m"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// One id of two requests is two messages, the newest first, each with its own events.
func TestMessagesOfOneID(t *testing.T) {
	t.Parallel()
	s := open(t)
	later := noon().Add(48 * time.Hour)
	mustWork(t, events(s).Work(context.Background(), records(
		eventAfter("m", noon(), time.Second, "DELIVERED", ""), eventAfter("m", later, time.Second, "PENDING", ""), eventAfter("m", later, 2*time.Second, "BLOCKED", ""),
	)))
	m := message(t, s, "m")
	if len(m.Earlier) != 1 || !m.RequestedAt.Equal(later) || m.Status != "blocked" || m.Earlier[0].Status != "delivered" {
		t.Fatalf("%+v", m)
	}
	if diff := cmp.Diff([][]string{{"sent", "blocked"}, {"delivered"}}, [][]string{statuses(m), statuses(m.Earlier[0])}); diff != "" {
		t.Error(diff)
	}
}

// A reply of heed says what it answers, from the moment in which AWS took it until its row of the outbox is gone.
func TestMessageOfAReply(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t)
	apply(t, s, rulesYAML)
	aws := &carrying{world: &world{listed: map[string]bool{}}}
	say(t, texts(s, aws, noon), spoken{"in/1", ann, "+12065550100", "join spring", noon().Add(-time.Second)})
	id := scan[string](t, s, `SELECT id::text FROM heed.outbox WHERE kind = 'reply'`)
	said, settled := noon().Add(-time.Second), noon()
	reply := &report.MessageReply{
		OutboxID: id, Purpose: "opt_in", Rule: "alerts/keywords[0]", Body: aws.sent[0][len(ann)+1:], State: "done", PlannedAt: &settled, SettledAt: &settled,
		Answers: &report.AnsweredText{Identity: "+12065550100", InboundMessageID: "in/1", SaidAt: &said, Verdict: "opt_in", Reason: "rule", Body: "join spring"},
	}
	want := &report.Message{
		ID: "m-1", RequestedAt: settled, StatusAt: settled, UpdatedAt: settled, Contact: ann, Identity: "+12065550100", Program: "alerts", Status: "queued",
		Events: []report.MessageEvent{}, Reply: reply,
	}
	if diff := cmp.Diff(want, message(t, s, "m-1")); diff != "" {
		t.Errorf("before an event came:\n%s", diff)
	}

	carried, err := json.Marshal(aws.carried[0])
	if err != nil {
		t.Fatal(err)
	}
	mustWork(t, events(s).Work(ctx, records(eventAfter("m-1", noon(), time.Second, "DELIVERED", `,"context":`+string(carried)))))
	m := message(t, s, "m-1")
	if diff := cmp.Diff(reply, m.Reply); diff != "" || m.Status != "delivered" || len(m.Events) != 1 {
		t.Errorf("after it: %s, %d events\n%s", m.Status, len(m.Events), diff)
	}
	m.WithoutWords()
	if m.Reply.Body != "" || m.Reply.Answers.Body != "" || m.Reply.Answers.Verdict != "opt_in" {
		t.Errorf("without words: %+v", m.Reply)
	}

	if _, err := s.Pool().Exec(ctx, `DELETE FROM heed.outbox`); err != nil {
		t.Fatal(err)
	}
	left := &report.MessageReply{OutboxID: id, Rule: "alerts/keywords[0]", Answers: &report.AnsweredText{InboundMessageID: "in/1"}}
	if diff := cmp.Diff(left, message(t, s, "m-1").Reply); diff != "" {
		t.Errorf("after retention:\n%s", diff)
	}
}

// carrying keeps what the sends carried.
type carrying struct {
	*world
	carried []map[string]string
}

func (c *carrying) SendText(ctx context.Context, t outbox.Text) (string, error) {
	c.carried = append(c.carried, t.Context)
	return c.world.SendText(ctx, t)
}

// What nobody told of is not there.
func TestNoMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, id := range []string{"m", "", "refused-", "'; DROP TABLE heed.message", "a\x00", "\xff"} {
		if m, err := s.Message(context.Background(), id); !errors.Is(err, report.ErrNoMessage) {
			t.Errorf("%q: %+v, %v", id, m, err)
		}
	}
}
