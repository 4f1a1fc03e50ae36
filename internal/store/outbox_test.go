package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// clock can be moved.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return noon().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// mortal is a worker's store whose worker dies now and then before it can settle.
type mortal struct {
	*store.Store
	dies func() bool
}

func (m mortal) Settle(ctx context.Context, o []outbox.Outcome, now time.Time) error {
	if m.dies() {
		return errors.New("kill -9")
	}
	return m.Store.Settle(ctx, o, now)
}

// hostile is an AWS that throttles, loses answers, and sends what it says it did not.
type hostile struct {
	*world
	mu     sync.Mutex
	faults []string
	sends  map[string]int // by outbox id
	ids    []string
}

func (h *hostile) next() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.faults) == 0 {
		return ""
	}
	f := h.faults[0]
	h.faults = h.faults[1:]
	return f
}

func (h *hostile) SendText(ctx context.Context, t outbox.Text) (string, error) {
	fault := h.next()
	h.world.mu.Lock()
	listed := h.listed["alerts "+string(t.To)]
	h.world.mu.Unlock()
	switch {
	case fault == "throttled":
		return "", &types.ThrottlingException{}
	case listed:
		return "", &types.ConflictException{Reason: types.ConflictExceptionReasonDestinationPhoneNumberOptedOut}
	}
	h.mu.Lock()
	h.sends[t.Context[sms.ContextOutbox]]++
	h.ids = append(h.ids, t.Context[sms.ContextOutbox])
	h.mu.Unlock()
	if fault == "answer lost" {
		return "", context.DeadlineExceeded
	}
	return h.world.SendText(ctx, t)
}

func (h *hostile) PutOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	return h.list(ctx, list, contact, h.world.PutOptedOut)
}

func (h *hostile) DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	return h.list(ctx, list, contact, h.world.DeleteOptedOut)
}

func (h *hostile) list(ctx context.Context, list string, contact sms.Phone, do func(context.Context, string, sms.Phone) error) error {
	switch h.next() {
	case "throttled":
		return &types.ThrottlingException{}
	case "answer lost":
		_ = do(ctx, list, contact)
		return context.DeadlineExceeded
	}
	return do(ctx, list, contact)
}

// Workers die between any call and its settling, AWS throttles and loses answers, relays run side by side: every
// STOP ends on AWS's list, no reply goes out twice, nothing stays open, and events settle what was unknown
// (promises 1, 4, 5).
func TestOutboxSurvives(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	ctx := context.Background()
	rules, _ := program.Parse("heed.yaml", []byte(rulesYAML))
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `SET session_replication_role = replica; TRUNCATE heed.inbound, heed.consent, heed.outbox, heed.consent_event, heed.message, heed.delivery_event, heed.rollup_mark; SET session_replication_role = DEFAULT`); err != nil {
			rt.Fatal(err)
		}
		var c clock
		fault := rapid.SampledFrom([]string{"", "", "throttled", "answer lost"})
		aws := &hostile{world: &world{listed: map[string]bool{}}, faults: rapid.SliceOfN(fault, 0, 12).Draw(rt, "faults"), sends: map[string]int{}}
		deaths := rapid.SliceOfN(rapid.Bool(), 0, 6).Draw(rt, "deaths")
		var mu sync.Mutex
		dies := func() bool {
			mu.Lock()
			defer mu.Unlock()
			if len(deaths) == 0 {
				return false
			}
			d := deaths[0]
			deaths = deaths[1:]
			return d
		}
		executor := &outbox.Executor{Store: mortal{s, dies}, AWS: aws, Log: log, Now: c.now, Lease: 30 * time.Second}
		h := texts(s, aws, c.now)
		h.Executor = executor
		relay := func() {
			if _, err := s.Recover(ctx, c.now()); err != nil {
				rt.Fatal(err)
			}
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { _, _ = executor.RunDue(ctx, 50, inbound.NewInForce(rules, "")) })
			}
			both.Wait()
		}
		last := map[string]string{}
		for i := range rapid.IntRange(1, 6).Draw(rt, "texts") {
			x := spoken{fmt.Sprint("i", i), rapid.SampledFrom([]string{ann, "+14255550102"}).Draw(rt, "from"), "+12065550100", rapid.SampledFrom([]string{"STOP", "START", "HELP"}).Draw(rt, "body"), c.now()}
			if x.body != "HELP" {
				last[x.from] = x.body
			}
			for range rapid.IntRange(1, 2).Draw(rt, "deliveries") {
				say(rt, h, x)
			}
			c.advance(time.Duration(rapid.IntRange(1, 40).Draw(rt, "seconds")) * time.Second)
			if rapid.Bool().Draw(rt, "relay") {
				relay()
			}
		}
		for range 20 { // the world calms down; no wait is longer than the step
			c.advance(15 * time.Minute)
			relay()
		}
		for who, word := range last {
			if aws.listed["alerts "+who] != (word == "STOP") {
				rt.Fatalf("%s last said %s and listed is %t\n%s", who, word, aws.listed["alerts "+who], dump(t, s, `SELECT chain, seq, kind, state, attempts, error FROM heed.outbox`))
			}
		}
		for id, n := range aws.sends {
			if n > 1 {
				rt.Fatalf("reply %s went out %d times", id, n)
			}
		}
		if left := dump(t, s, `SELECT chain, kind, state, error FROM heed.outbox WHERE state IN ('planned', 'claimed')`); left != "" {
			rt.Fatalf("left open:\n%s", left)
		}
		if odd := dump(t, s, `
			SELECT o.id, o.state, o.error, m.status, m.failure_reason FROM (SELECT * FROM heed.outbox WHERE kind = 'reply' AND state = 'failed') o
			FULL JOIN heed.message m ON m.outbox_id = o.id AND m.message_id = 'refused-' || o.id AND m.requested_at = o.settled_at AND m.contact = o.contact
			WHERE o.error IS DISTINCT FROM m.failure_reason OR NOT EXISTS (SELECT FROM heed.rollup_mark k WHERE k.bucket = heed.quarter_of(m.requested_at))`); odd != "" {
			rt.Fatalf("what AWS refused and the messages that say so differ:\n%s", odd)
		}
		// What is known to AWS alone comes back in events.
		for _, id := range aws.ids {
			body := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"isFinal":true,"messageId":"m-of-%s","messageRequestTimestamp":%d,"messageStatus":"DELIVERED","context":{"heed_outbox":"%s","heed_program":"alerts"}}`,
				noon().UnixMilli(), id, noon().UnixMilli(), id)
			mustWork(rt, (&delivery.Handler{Store: s, Log: log, Now: c.now}).Work(ctx, records(body)))
		}
		if doubt := dump(t, s, `SELECT id, state FROM heed.outbox WHERE kind = 'reply' AND state <> 'done' AND id::text = ANY('{`+strings.Join(aws.ids, ",")+`}')`); doubt != "" {
			rt.Fatalf("events did not settle:\n%s", doubt)
		}
	})
}

// Each row: how AWS answers a send, and what becomes of the reply, of the listing behind it and of consent.
func TestAnswersOfAWS(t *testing.T) {
	t.Parallel()
	conflict := func(r types.ConflictExceptionReason) error { return &types.ConflictException{Reason: r} }
	for _, c := range []struct {
		sentence, reply, reason, consent string
		err                              error
		refusal                          string // AWS's word, of the message that stands for it
	}{
		{"accepted", "done", "", "", nil, ""},
		{"throttled: it was not accepted, it is tried again", "planned", "throttled", "", &types.ThrottlingException{}, ""},
		{"a 5xx may have been accepted: never again", "unknown", "server_error", "", &types.InternalServerException{}, ""},
		{"so may a call without an answer", "unknown", "timed_out", "", context.DeadlineExceeded, ""},
		{"a number on AWS's list becomes evidence of consent", "failed", "opted_out", "opted_out send_refused", conflict(types.ConflictExceptionReasonDestinationPhoneNumberOptedOut), "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
		{"a spent budget is a fault of the set-up", "failed", "spend_limit", "", &types.ServiceQuotaExceededException{Reason: types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText}, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"},
		{"a daily limit passes, the message does not stand as refused", "planned", "daily_limit", "", &types.ServiceQuotaExceededException{Reason: types.ServiceQuotaExceededExceptionReasonDailyDestinationCallLimit}, ""},
		{"a missing right", "failed", "access_denied", "", &types.AccessDeniedException{}, "AccessDeniedException"},
		{"a configuration set that there is not", "failed", "not_found", "", &types.ResourceNotFoundException{}, "ResourceNotFoundException"},
		{"a reason that no SDK knows yet is read by its exception", "failed", "moon_phase", "", conflict("MOON_PHASE"), "MOON_PHASE"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			aws := &world{listed: map[string]bool{}, fail: func(string) error { return c.err }}
			say(t, texts(s, aws, noon), spoken{"1", ann, "+12065550100", "HELP", noon()})
			if got := dump(t, s, `SELECT state, coalesce(error, '') FROM heed.outbox`); got != fmt.Sprintf("(%s,%s)", c.reply, quoted(c.reason)) {
				t.Errorf("reply %s, want (%s,%s)", got, c.reply, c.reason)
			}
			if got := scan[string](t, s, `SELECT coalesce((SELECT c.state || ' ' || e.source FROM heed.consent c JOIN heed.consent_event e ON e.id = c.event_id), '')`); got != c.consent {
				t.Errorf("consent %q, want %q", got, c.consent)
			}
			if got := scan[string](t, s, `SELECT coalesce((SELECT status || ' ' || failure_status || ' ' || failure_reason FROM heed.message), '')`); got != refusal(c.refusal, c.reason) {
				t.Errorf("the message is %q, want %q", got, refusal(c.refusal, c.reason))
			}
		})
	}
}

func refusal(word, reason string) string {
	if word == "" {
		return ""
	}
	return "refused " + word + " " + reason
}

func quoted(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

// AWS lets a number leave its list once in 30 days: the row waits, with its date, and is tried then.
func TestLockedListWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	locked := true
	aws := &lockedList{world: &world{listed: map[string]bool{"alerts " + ann: true}}, locked: &locked}
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, "+12065550100", "START", noon()})
	if got := dump(t, s, `SELECT state, aws_state, aws_locked_until FROM heed.consent`); got != `(opted_in,locked,"2026-12-20 12:00:00+00")` {
		t.Errorf("consent %s", got)
	}
	locked = false
	c.advance(31 * 24 * time.Hour)
	if _, err := s.Recover(context.Background(), c.now()); err != nil {
		t.Fatal(err)
	}
	rules, _ := program.Parse("heed.yaml", []byte(rulesYAML))
	if _, err := h.Executor.(*outbox.Executor).RunDue(context.Background(), 10, inbound.NewInForce(rules, "")); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, s, `SELECT state, aws_state, aws_locked_until FROM heed.consent`); got != "(opted_in,in_sync,)" || aws.listed["alerts "+ann] {
		t.Errorf("after 30 days: %s, listed %t", got, aws.listed["alerts "+ann])
	}
	if len(aws.sent) != 0 {
		t.Errorf("a welcome of a month ago went out: %q", aws.sent)
	}
}

// A removal whose 30 days are over is an action like any other: what fails for a passing reason is tried again within the
// minute, what AWS refuses within the hour, for 30 days more.
func TestLockedRemovalIsTriedAgain(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		name   string
		err    error
		lasts  time.Duration // from the day on which the 30 days are over
		within time.Duration
	}{
		{"throttled", &types.ThrottlingException{}, 0, time.Minute},
		{"a fault of AWS's", &types.InternalServerException{}, 0, time.Minute},
		{"no answer in time", context.DeadlineExceeded, 0, time.Minute},
		{"throttled for an hour", &types.ThrottlingException{}, time.Hour, 10 * time.Minute},
		{"a right that is missing", &types.AccessDeniedException{}, 0, time.Hour + time.Minute},
		{"a right that is missing for a month", &types.AccessDeniedException{}, 28 * day, time.Hour + time.Minute},
		{"locked for longer than was thought", &types.ConflictException{Reason: types.ConflictExceptionReasonResourceDeletionNotAllowed}, 0, 30*day + time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			var now clock
			aws := strictAWS(t, rulesYAML, "alerts "+ann)
			var fails error = &types.ConflictException{Reason: types.ConflictExceptionReasonResourceDeletionNotAllowed}
			aws.fail = func(call, _ string) error {
				if call == "delete" {
					return fails
				}
				return nil
			}
			h := texts(s, aws, now.now)
			say(t, h, spoken{"1", ann, acme, "START", now.now()})
			now.advance(30 * day)
			fails = c.err
			relay(t, s, h)
			for step := c.within; now.now().Before(noon().Add(30*day + c.lasts)); now.advance(step) {
				relay(t, s, h)
			}
			if len(aws.lists()) != 1 {
				t.Fatalf("nothing failed\n%s", story(t, s, aws))
			}
			fails = nil
			now.advance(c.within)
			relay(t, s, h)
			if got := dump(t, s, `SELECT state, aws_state, aws_locked_until FROM heed.consent`); got != "(opted_in,in_sync,)" || len(aws.lists()) > 0 {
				t.Errorf("register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
			}
		})
	}
}

// Who says STOP behind a START that AWS does not let heed carry out is on the list, as they want: nothing is pending, and
// the day on which AWS would let them go changes nothing.
func TestStopBehindALockedStartAgrees(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	locked := true
	aws := &lockedList{world: &world{listed: map[string]bool{"alerts " + ann: true}}, locked: &locked}
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, "+12065550100", "START", c.now()})
	c.advance(time.Minute)
	say(t, h, spoken{"2", ann, "+12065550100", "STOP", c.now()})
	for _, when := range []string{"at once", "after 30 days"} {
		if got := dump(t, s, `SELECT state, aws_state, aws_locked_until FROM heed.consent`); got != "(opted_out,in_sync,)" || !aws.listed["alerts "+ann] {
			t.Errorf("%s: %s, listed %t", when, got, aws.listed["alerts "+ann])
		}
		locked = false
		c.advance(31 * 24 * time.Hour)
		relay(t, s, h)
	}
}

type lockedList struct {
	*world
	locked *bool
}

func (l *lockedList) DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	if *l.locked {
		return &types.ConflictException{Reason: types.ConflictExceptionReasonResourceDeletionNotAllowed}
	}
	return l.world.DeleteOptedOut(ctx, list, contact)
}

// The relay makes partitions ahead, moves what came before its partition, and drops what is old.
func TestMaintain(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	now := time.Now().UTC()
	far := now.AddDate(0, 0, 10)
	body := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"isFinal":true,"messageId":"m","messageRequestTimestamp":%d,"messageStatus":"DELIVERED"}`, far.UnixMilli(), far.UnixMilli())
	mustWork(t, events(s).Work(ctx, records(body)))
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := s.Maintain(ctx, now, keepAll); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := scan[int](t, s, `SELECT (SELECT count(*) FROM heed.message) + 10 * (SELECT count(*) FROM heed.message_default)`); n != 1 {
		t.Errorf("messages and ten times those in the default partition: %d, want 1", n)
	}
	mustWork(t, events(s).Work(ctx, records(body))) // the same again finds it where it went
	if n := scan[int](t, s, `SELECT count(*) FROM heed.delivery_event`); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	m, err := s.Maintain(ctx, now.AddDate(0, 0, 20), keepAWeek)
	if err != nil || m.PartitionsDropped == 0 {
		t.Errorf("dropped %d: %v", m.PartitionsDropped, err)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.delivery_event`); n != 0 {
		t.Errorf("%d events after retention, want 0", n)
	}
}
