package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// conversed is a timeline, a line an entry.
func conversed(t testing.TB, entries []report.TimelineEntry) string {
	t.Helper()
	var lines []string
	for _, e := range entries {
		line := e.At.Format("15:04:05") + " " + e.Kind + " " + e.Program + ": "
		switch {
		case e.Text != nil:
			line += fmt.Sprintf("%q is %s (%s)", e.Text.Body, e.Text.Verdict, e.Text.Reason)
		case e.Reply != nil:
			line += fmt.Sprintf("%s %s", e.Reply.Purpose, e.Reply.State)
			if e.Reply.Error != "" {
				line += " " + e.Reply.Error
			}
			if e.Reply.Delivery != nil {
				line += " " + e.Reply.Delivery.Status
			}
		case e.Consent != nil:
			line += fmt.Sprintf("%s by %s (%s)", e.Consent.State, e.Consent.Source, e.Consent.Reason)
		case e.Message != nil:
			line += e.Message.MessageID + " " + e.Message.Status
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func timeline(t testing.TB, s *store.Store, q report.TimelineQuery) *report.Timeline {
	t.Helper()
	page, err := s.Timeline(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// A conversation is told as it went: what they wrote and what it was taken to mean, what that changed, what was answered
// and whether it arrived, and what others sent them.
func TestTimelineTellsTheConversation(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "hello", c.now()}, spoken{"2", bob, acme, "stop", c.now()})
	c.advance(time.Minute)
	say(t, h, spoken{"3", ann, acme, "STOP", c.now()})
	c.advance(time.Minute)
	say(t, h, spoken{"4", ann, acme, "stop", c.now()})
	confirmation := scan[string](t, s, `SELECT aws_message_id FROM heed.outbox WHERE contact = $1 AND purpose = 'opt_out' AND state = 'done'`, ann)
	event := func(id, of string, at time.Time) string {
		return fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"originationPhoneNumber":%q,
			"destinationPhoneNumber":%q,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":"DELIVERED"%s}`,
			at.Add(time.Second).UnixMilli(), acme, ann, id, at.UnixMilli(), of)
	}
	reply := scan[string](t, s, `SELECT id::text FROM heed.outbox WHERE aws_message_id = $1`, confirmation)
	mustWork(t, events(s).Work(context.Background(), records(
		event("campaign", "", c.now().Add(-90*time.Second)),
		event(confirmation, fmt.Sprintf(`,"context":{%q:%q}`, sms.ContextOutbox, reply), c.now().Add(-time.Minute)),
	)))
	got := conversed(t, timeline(t, s, report.TimelineQuery{Contact: ann, Limit: 50}).Entries)
	if diff := cmp.Diff(strings.Split(conversationOfAnn, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Error(diff)
	}
	if got := timeline(t, s, report.TimelineQuery{Contact: "+14255550199", Limit: 50}); len(got.Entries) != 0 || !got.Next.IsZero() {
		t.Errorf("a stranger has %d entries", len(got.Entries))
	}
}

const conversationOfAnn = `12:02:00 reply alerts: opt_out expired withheld: already_opted_out
12:02:00 consent alerts: opted_out by keyword (opt_out_word)
12:02:00 text alerts: "stop" is opt_out (opt_out_word)
12:01:00 reply alerts: opt_out done delivered
12:01:00 consent alerts: opted_out by keyword (opt_out_word)
12:01:00 text alerts: "STOP" is opt_out (opt_out_word)
12:00:30 message alerts: campaign delivered
12:00:00 reply alerts: unmatched done
12:00:00 text alerts: "hello" is none (no_match)`

// A reply that AWS refused stands in a timeline once, and names the message that tells more.
func TestTimelineOfARefusal(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	aws := &world{listed: map[string]bool{}, fail: func(string) error { return &types.AccessDeniedException{} }}
	say(t, texts(s, aws, noon), spoken{"1", ann, acme, "hello", noon()})
	entries := timeline(t, s, report.TimelineQuery{Contact: ann, Limit: 50}).Entries
	want := `12:00:00 reply alerts: unmatched failed access_denied refused
12:00:00 text alerts: "hello" is none (no_match)`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(conversed(t, entries), "\n")); diff != "" {
		t.Error(diff)
	}
	if m, err := s.Message(context.Background(), entries[0].Reply.MessageID); err != nil || m.Status != "refused" {
		t.Errorf("the message %q: %+v %v", entries[0].Reply.MessageID, m, err)
	}
}

// However a timeline is cut into pages, they hold all of it once and in one order, many things of one moment too.
func TestTimelinePages(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	scan[int](t, s, `SELECT heed.make_partitions('2026-11-01', '2026-11-25')`)
	var id, who int
	rapid.Check(t, func(rt *rapid.T) {
		who++
		contact := fmt.Sprintf("+1425555%04d", who)
		moments := rapid.SampledFrom([]time.Time{noon(), noon().Add(time.Microsecond), noon().AddDate(0, 0, -3), noon().AddDate(-2, 0, 0)})
		programs := rapid.SampledFrom([]string{"alerts", "news"})
		for range rapid.IntRange(0, 24).Draw(rt, "entries") {
			id++
			at, program := moments.Draw(rt, "at"), programs.Draw(rt, "program")
			statement := rapid.SampledFrom([]string{
				`INSERT INTO heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, ruleset_version, said_at, received_at, raw)
				 VALUES ('+1', $1, '', $2, $3, '', 'none', 'no_match', 0, $4, $4, '')`,
				`INSERT INTO heed.outbox (chain, seq, kind, contact, program, identity, created_at) VALUES ($1, 1, 'reply', $2, $3, '+1', $4)`,
				`INSERT INTO heed.message (message_id, contact, program, requested_at, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
				 VALUES ($1, $2, $3, $4, 'sent', 1, $4, '', '', false, $4)`,
				`INSERT INTO heed.consent_event (inbound_message_id, contact, program, said_at, state, source) VALUES ($1, $2, $3, $4, 'held', 'operator')`,
			}).Draw(rt, "what")
			if _, err := s.Pool().Exec(ctx, statement, fmt.Sprint(id), contact, program, at); err != nil {
				rt.Fatal(err)
			}
		}
		q := report.TimelineQuery{Contact: contact, Limit: report.MostEntries}
		if rapid.Bool().Draw(rt, "bounded") {
			q.Program, q.Since, q.Until = programs.Draw(rt, "of"), noon().AddDate(-1, 0, 0), noon().Add(time.Microsecond)
		}
		whole := timeline(t, s, q).Entries
		for i, e := range whole {
			if i > 0 && !e.Cursor().Follows(whole[i-1].Cursor()) {
				rt.Fatalf("out of order:\n%s", conversed(t, whole))
			}
			if q.Program != "" && (e.Program != q.Program || e.At.Before(q.Since) || !e.At.Before(q.Until)) {
				rt.Fatalf("not asked for:\n%s", conversed(t, whole[i:i+1]))
			}
		}
		q.Limit = rapid.IntRange(1, 7).Draw(rt, "a page")
		paged := []report.TimelineEntry{}
		for {
			page := timeline(t, s, q)
			paged = append(paged, page.Entries...)
			if page.Next.IsZero() {
				break
			}
			word, err := page.Next.MarshalText()
			if err != nil || len(page.Entries) != q.Limit {
				rt.Fatalf("a page of %d, and more: %v", len(page.Entries), err)
			}
			if err := q.After.UnmarshalText(word); err != nil {
				rt.Fatal(err)
			}
		}
		if diff := cmp.Diff(whole, paged); diff != "" {
			rt.Fatal(diff)
		}
	})
}
