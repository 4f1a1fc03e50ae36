package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// A reply that AWS refused stands as a message with all that is known of it: nobody else ever tells of it.
func TestRefusedReplyIsAMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	aws := &world{listed: map[string]bool{}, fail: func(string) error { return &types.AccessDeniedException{} }}
	say(t, texts(s, aws, noon), spoken{"in/1", ann, "+12065550100", "JOIN", noon()})
	id := scan[string](t, s, `SELECT id::text FROM heed.outbox WHERE kind = 'reply'`)
	for query, want := range map[string]string{
		`SELECT message_id = 'refused-` + id + `', outbox_id = '` + id + `', contact, identity, program, status, status_rank, is_final, aws_status || event_type FROM heed.message`: `(t,t,+14255550101,+12065550100,alerts,refused,60,t,"")`,
		`SELECT requested_at = settled_at, status_at = settled_at, failed_at = settled_at, failure_status, failure_reason
		 FROM heed.message JOIN heed.outbox ON outbox_id = id`: `(t,t,t,AccessDeniedException,access_denied)`,
		`SELECT context - 'heed_outbox', context ->> 'heed_outbox' = '` + id + `' FROM heed.message`:         `("{""heed_rule"": ""alerts/keywords[0]"", ""heed_inbound"": ""in/1"", ""heed_program"": ""alerts""}",t)`,
		`SELECT count(*), min(bucket) FROM heed.rollup_mark WHERE bucket IS NOT NULL`:                        `(1,"2026-11-20 12:00:00+00")`,
		`SELECT accepted_at, delivered_at, parts, price, no_receipt_at, campaign, country FROM heed.message`: `(,,,,,,)`,
	} {
		if got := dump(t, s, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

// Each row: what a worker settles, whose claim stands or not, and how many messages say that AWS refused.
func TestOnlyWhoHoldsTheClaimRecordsARefusal(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, c := range []struct {
		sentence string
		settle   func(t *testing.T, s *store.Store, refused outbox.Outcome)
		state    string
		messages int
	}{
		{"a refusal", func(t *testing.T, s *store.Store, o outbox.Outcome) { settle(t, s, o, noon()) }, "failed", 1},
		{"settled again, as after an answer of Postgres that was lost", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			settle(t, s, o, noon())
			settle(t, s, o, noon())
		}, "failed", 1},
		{"settled again later", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			settle(t, s, o, noon())
			settle(t, s, o, noon().Add(time.Hour))
		}, "failed", 1},
		{"a worker that outlived its claim", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			if _, err := s.Recover(ctx, noon().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			settle(t, s, o, noon().Add(time.Hour))
		}, "unknown", 0},
		{"a claim of another try", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			o.Action.Attempts++
			settle(t, s, o, noon())
		}, "claimed", 0},
		{"a reply that an event proved meanwhile", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			mustWork(t, events(s).Work(ctx, records(fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%[1]d,"messageId":"m","messageRequestTimestamp":%[1]d,"messageStatus":"DELIVERED","context":{"heed_outbox":"%[2]s"}}`,
				noon().Add(-time.Hour).UnixMilli(), o.Action.ID))))
			settle(t, s, o, noon())
		}, "done", 0},
		{"beside an outcome that is none", func(t *testing.T, s *store.Store, o outbox.Outcome) {
			other := o
			other.Action.ID, other.State, other.Refusal = "00000000-0000-0000-0000-000000000000", outbox.Done, ""
			if err := s.Settle(ctx, []outbox.Outcome{other, o}, noon()); err != nil {
				t.Fatal(err)
			}
		}, "failed", 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			dead := texts(s, &world{listed: map[string]bool{}}, noon)
			dead.Executor.(*outbox.Executor).Store = mortal{s, func() bool { return true }}
			dead.Executor.(*outbox.Executor).Lease = time.Minute
			_ = dead.Work(ctx, records(string(spoken{"1", ann, "+12065550100", "HELP", noon()}.record().Body)))
			o := outbox.Outcome{
				Action: outbox.Action{ID: scan[string](t, s, `SELECT id::text FROM heed.outbox`), Kind: outbox.Reply, Program: "alerts", Contact: sms.Phone(ann), Attempts: 1},
				State:  outbox.Failed, Error: "access_denied", Refusal: "AccessDeniedException",
			}
			c.settle(t, s, o)
			if got := scan[string](t, s, `SELECT state FROM heed.outbox`); got != c.state {
				t.Errorf("the reply is %s, want %s", got, c.state)
			}
			if n := scan[int](t, s, `SELECT count(*) FROM heed.message WHERE status = 'refused'`); n != c.messages {
				t.Errorf("%d messages were refused, want %d", n, c.messages)
			}
			if n := scan[int](t, s, `SELECT count(*) FROM heed.rollup_mark WHERE bucket >= $1`, noon()); n != c.messages {
				t.Errorf("%d marks, want %d", n, c.messages)
			}
		})
	}
}

func settle(t *testing.T, s *store.Store, o outbox.Outcome, at time.Time) {
	t.Helper()
	if err := s.Settle(context.Background(), []outbox.Outcome{o}, at); err != nil {
		t.Fatal(err)
	}
}
