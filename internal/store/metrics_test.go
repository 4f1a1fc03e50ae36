package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/metrics/emftest"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

// printed takes what workers print, and reads it as CloudWatch does.
type printed struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *printed) writer(now func() time.Time) *metrics.Writer {
	return &metrics.Writer{Out: p, Now: now}
}

// take gives the sums of what was written since it was last called, without "heed/", and the lines themselves.
func (p *printed) take(t interface{ Fatalf(string, ...any) }) (sums map[string]float64, log string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	published, err := emftest.Read(p.b.Bytes())
	if err != nil {
		t.Fatalf("%v", err)
	}
	sums = map[string]float64{}
	for name := range published {
		sums[strings.TrimPrefix(name, "heed/")] = published.Sum(name)
	}
	log = p.b.String()
	p.b.Reset()
	return sums, log
}

func (p *printed) want(t *testing.T, why string, want map[string]float64) {
	t.Helper()
	got, log := p.take(t)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got\n%s\n%s", why, diff, log)
	}
}

func measuredEvents(s *store.Store, out *printed, now func() time.Time) *delivery.Handler {
	h := events(s)
	h.Now, h.Metrics = now, out.writer(now)
	return h
}

// tells is a delivery event of a message, a minute after noon.
func tells(message, status, more string) string {
	at := noon().Add(time.Minute).UnixMilli()
	return fmt.Sprintf(`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":%q,"originationPhoneNumber":"+12065550100","destinationPhoneNumber":"+14255550101"%s}`,
		status, at, message, noon().UnixMilli(), status, more)
}

// What the events handler writes: of new events what AWS says of messages, of events that come again that they did.
func TestEventMetrics(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	out := &printed{}
	at := noon().Add(2 * time.Minute)
	h := measuredEvents(s, out, func() time.Time { return at })
	first := records(
		tells("m-1", "SUCCESSFUL", ""), tells("m-1", "DELIVERED", ""), tells("m-2", "SPAM", ""), tells("m-3", "TTL_EXPIRED", ""),
		tells("m-4", "INVALID", ""), tells("m-5", "QUEUED", ""), tells("m-6", "A_NEW_WORD", ""), `{poison`,
		strings.Replace(tells("m-7", "DELIVERED", ""), "+12065550100", "+12065550199", 1),
	)
	mustWork(t, h.Work(context.Background(), first))
	out.want(t, "all is new", map[string]float64{
		"EventsReceived": 9, "EventsNew": 8, "EventsParked": 1, "EventLag": 8 * 60_000, "NumbersSuspended": 1,
		"MessagesAccepted": 1, "MessagesDelivered": 2, "MessagesFailed": 3,
		"MessagesFailed{Status=blocked}": 1, "MessagesFailed{Status=expired}": 1, "MessagesFailed{Status=invalid}": 1,
		"MessagesAccepted{Program=alerts}": 1, "MessagesDelivered{Program=alerts}": 1, "MessagesDelivered{Program=default}": 1,
		"MessagesFailed{Program=alerts}": 3, "MessagesFailed{Program=alerts,Status=blocked}": 1, "MessagesFailed{Program=alerts,Status=expired}": 1,
		"MessagesFailed{Program=alerts,Status=invalid}": 1, "MessagesFailed{Reason=SPAM}": 1, "MessagesFailed{Reason=TTL_EXPIRED}": 1, "MessagesFailed{Reason=INVALID}": 1,
	})
	mustWork(t, h.Work(context.Background(), first[:7]))
	out.want(t, "nothing is new", map[string]float64{"EventsReceived": 7, "EventsDuplicate": 7})
	at = at.Add(time.Minute)
	mustWork(t, h.Work(context.Background(), append(records(
		tells("m-2", "DELIVERED", ""),
		tells("m-3", "TTL_EXPIRED", `,"carrierName":"knows more now"`), // merged into what is there
		tells("m-8", "CARRIER_UNREACHABLE", ""), tells("m-8", "CARRIER_UNREACHABLE", ""),
	), first[:3]...)))
	out.want(t, "some of it is new", map[string]float64{
		"EventsReceived": 7, "EventsNew": 2, "EventsDuplicate": 5, "EventLag": 2 * 120_000, "MessagesDelivered": 1, "MessagesDelivered{Program=alerts}": 1,
		"MessagesFailed": 1, "MessagesFailed{Status=undeliverable}": 1,
		"MessagesFailed{Program=alerts}": 1, "MessagesFailed{Program=alerts,Status=undeliverable}": 1, "MessagesFailed{Reason=CARRIER_UNREACHABLE}": 1,
	})
	s.Close()
	if errs := h.Work(context.Background(), first[:2]); errs[0] == nil || errs[1] == nil {
		t.Error("records were acknowledged without a database")
	}
	out.want(t, "the database is away", map[string]float64{"EventsReceived": 2, "EventsReturned": 2})
}

// However events are repeated and split into batches, each is counted as new once.
func TestEventMetricsCountOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message`); err != nil {
			rt.Fatal(err)
		}
		out := &printed{}
		// Each batch has a time of its own, as each invocation has.
		at := noon().Add(time.Hour)
		h := measuredEvents(s, out, func() time.Time { at = at.Add(time.Millisecond); return at })
		all := rapid.SliceOfN(rapid.Custom(drawEvent), 1, 20).Draw(rt, "events")
		for rest := all; len(rest) > 0; {
			n := min(rapid.IntRange(1, 6).Draw(rt, "size"), len(rest))
			mustWork(rt, h.Work(ctx, records(rest[:n]...)))
			rest = rest[n:]
		}
		got, log := out.take(rt)
		counted := map[string]float64{}
		for name, sum := range got {
			if base, _, ok := strings.Cut(name, "{Program=alerts}"); ok {
				counted[base] = sum
			}
		}
		for name, statuses := range map[string]string{
			"MessagesAccepted": `'accepted'`, "MessagesDelivered": `'delivered'`, "MessagesFailed": `'expired', 'blocked', 'undeliverable'`,
		} {
			if want := scan[int](t, s, `SELECT count(*) FROM heed.delivery_event WHERE status IN (`+statuses+`)`); counted[name] != float64(want) {
				rt.Errorf("%s is %v, the table has %d\n%s", name, counted[name], want, log)
			}
		}
		rows := float64(scan[int](t, s, `SELECT count(*) FROM heed.delivery_event`))
		if got["EventsNew"] != rows || got["EventsNew"]+got["EventsDuplicate"] != float64(len(all)) {
			rt.Errorf("%v new, %v again of %d; the table has %v", got["EventsNew"], got["EventsDuplicate"], len(all), rows)
		}
	})
}

// What the handler of texts writes, and the executor with it.
func TestTextMetrics(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	out := &printed{}
	now := func() time.Time { return noon().Add(3 * time.Second) }
	aws := &world{listed: map[string]bool{}}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := &inbound.Handler{
		Store: s, Rules: &inbound.Rules{Documents: s, Log: log}, Metrics: out.writer(now), Log: log, Now: now,
		Executor: &outbox.Executor{Store: s, AWS: aws, Metrics: out.writer(now), Log: log, Now: now},
	}
	said := []spoken{
		{"1", "+14255550101", "+12065550100", "STOP", noon()},
		{"2", "+14255550101", "+12065550100", "START", noon().Add(time.Second)},
		{"3", "+14255550102", "+12065550100", "stop", noon()},
		{"4", "+14255550103", "+12065550100", "enough", noon()},
		{"5", "+14255550104", "+12065550100", "what a day", noon()},
		{"6", "+14255550105", "+12065550199", "stop", noon()},
	}
	all := []ingress.Record{{Source: ingress.SQS, ID: "poison", Body: []byte("{poison")}}
	for _, x := range said {
		all = append(all, x.record())
	}
	mustWork(t, h.Work(context.Background(), all))
	out.want(t, "new texts", map[string]float64{
		"TextsReceived": 7, "TextsNew": 6, "TextsParked": 1, "TextsUnconfigured": 1, "TextLag": 5*3000 + 2000,
		"OptOuts": 3, "OptIns": 1, "Unclear": 1, "Unmatched": 1,
		"OptOuts{Program=alerts}": 2, "OptOuts{Program=default}": 1, "OptIns{Program=alerts}": 1, "Unclear{Program=alerts}": 1, "Unmatched{Program=alerts}": 1,
		"RepliesSent": 4, // a number that no program names is not answered
	})
	mustWork(t, h.Work(context.Background(), all[1:]))
	out.want(t, "the same texts again", map[string]float64{"TextsReceived": 6})

	aws.fail = func(string) error {
		return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no right to text +14255550106"}
	}
	mustWork(t, h.Work(context.Background(), []ingress.Record{spoken{"7", "+14255550106", "+12065550100", "HELP", noon()}.record()}))
	out.want(t, "AWS refuses the answer", map[string]float64{"TextsReceived": 1, "TextsNew": 1, "TextLag": 3000, "RepliesFailed": 1, "RepliesFailed{Reason=access_denied}": 1})
	aws.fail = func(string) error { return context.DeadlineExceeded }
	mustWork(t, h.Work(context.Background(), []ingress.Record{spoken{"8", "+14255550106", "+12065550100", "HELP", noon()}.record()}))
	out.want(t, "nobody knows whether it went out", map[string]float64{"TextsReceived": 1, "TextsNew": 1, "TextLag": 3000, "RepliesUnknown": 1})
	mustWork(t, h.Work(context.Background(), []ingress.Record{spoken{"9", "+14255550107", "+12065550100", "HELP", noon().Add(-2 * time.Hour)}.record()}))
	out.want(t, "too late for an answer", map[string]float64{"TextsReceived": 1, "TextsNew": 1, "TextLag": 3000 + 2*3600_000, "ActionsExpired": 1})
}

// The relay writes what waits, also when nothing does.
func TestRelayMetrics(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	ctx := context.Background()
	out := &printed{}
	at := noon()
	now := func() time.Time { return at }
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	rules := &inbound.Rules{Documents: s, Log: log}
	relay := &upkeep.Relay{
		Store: s, Executor: idle{}, Questions: rules.Questions, Batch: 10, Keep: keepAll, Metrics: out.writer(now), Log: log, Now: now,
		Settings: func(ctx context.Context, now time.Time) (outbox.Settings, error) { return rules.Current(ctx, now) },
	}
	run := func() {
		t.Helper()
		if _, err := relay.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	run()
	nothing := map[string]float64{"OutboxDue": 0, "OutboxOldest": 0, "OutboxUnknown": 0, "ReviewQueueOpen": 0, "ReviewQueueOldest": 0, "ParkedOpen": 0, "ReportsAge": 0}
	out.want(t, "nothing waits", nothing)

	// Nobody carries out what these ask for.
	h := texts(s, &world{listed: map[string]bool{}}, now)
	h.Executor = idle{}
	say(t, h, spoken{"1", "+14255550101", "+12065550100", "STOP", noon()}, spoken{"2", "+14255550102", "+12065550100", "enough", noon().Add(-time.Minute)},
		spoken{"3", "+14255550103", "+12065550100", "HELP", noon()})
	mustWork(t, h.Work(ctx, []ingress.Record{{Source: ingress.SQS, ID: "poison", Body: []byte("{poison")}}))
	for _, statement := range []string{
		`UPDATE heed.outbox SET state = 'claimed', claimed_until = '2026-11-20 12:01Z' WHERE contact = '+14255550103'`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	at = noon().Add(90 * time.Second)
	run()
	out.want(t, "a STOP that nobody carried out, a question, a parked input, a worker that died", map[string]float64{
		"OutboxDue": 2, "OutboxOldest": 90, "OutboxUnknown": 1, "RepliesUnknown": 1, "ReviewQueueOpen": 1, "ReviewQueueOldest": 150,
		"ParkedOpen": 1, "ReportsAge": 0,
	})
	if _, err := s.Decide(ctx, consent.Decision{ID: scan[int64](t, s, `SELECT id FROM heed.consent_event WHERE state = 'held'`), As: "none", Actor: "ann"}, at); err != nil {
		t.Fatal(err)
	}
	at = noon().Add(74 * time.Hour)
	run()
	got, _ := out.take(t)
	want := map[string]float64{"ReviewQueueOpen": 0, "ReviewQueueOldest": 0, "RepliesLost": 1, "ActionsExpired": 1, "OutboxUnknown": 0}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("74 hours later %s is %v, want %v", name, got[name], n)
		}
	}
}

// idle carries nothing out.
type idle struct{ nobody }

func (idle) RunChains(context.Context, []string, outbox.Settings) (outbox.Summary, error) {
	return outbox.Summary{}, nil
}

// Whatever people write and AWS tells: no number and no word of theirs is in a line of metrics, and what is written is
// sound.
func TestMetricsTellOfNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	ctx := context.Background()
	out := &printed{}
	now := func() time.Time { return noon().Add(time.Minute) }
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := texts(s, &world{listed: map[string]bool{}, fail: func(string) error {
		return &smithy.GenericAPIError{Code: "Sorry +14255550101", Message: "secret words of +14255550101"}
	}}, now)
	h.Metrics, h.Executor = out.writer(now), &outbox.Executor{
		Store: s, Metrics: out.writer(now), Log: log, Now: now,
		AWS: &world{listed: map[string]bool{}, fail: func(string) error {
			return &smithy.GenericAPIError{Code: "ValidationException", Message: "secret words of +14255550101"}
		}},
	}
	reports := measuredEvents(s, out, now)
	names := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		contact := fmt.Sprintf("+1425555%04d", rapid.IntRange(100, 199).Draw(rt, "contact"))
		hostile := rapid.SampledFrom([]string{contact, strings.TrimPrefix(contact, "+"), "secret words", "TEXT_" + contact, "SUCCESSFUL", "SPAM", `secret\"},{`, ""})
		id := rapid.StringMatching(`[a-z]{12}`).Draw(rt, "id")
		body := rapid.SampledFrom([]string{"STOP", "START", "HELP", "HOURS", "enough", "secret words", contact}).Draw(rt, "body")
		say(rt, h, spoken{id, contact, rapid.SampledFrom([]string{"+12065550100", contact}).Draw(rt, "identity"), body, noon()})
		mustWork(rt, reports.Work(ctx, records(fmt.Sprintf(
			`{"eventType":"%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"messageId":"%s","messageRequestTimestamp":%d,"messageStatus":"%s","messageStatusDescription":"%s","originationPhoneNumber":"%s","destinationPhoneNumber":"%s","context":{"heed_program":"%s"},"carrierName":"%s"}`,
			hostile.Draw(rt, "type"), noon().UnixMilli(), id, noon().UnixMilli(), hostile.Draw(rt, "status"), hostile.Draw(rt, "description"),
			rapid.SampledFrom([]string{"+12065550100", contact}).Draw(rt, "from"), contact, hostile.Draw(rt, "program"), hostile.Draw(rt, "carrier")))))
		sums, lines := out.take(rt)
		for _, secret := range []string{"425555", "206555", "secret", id} {
			if strings.Contains(lines, secret) {
				rt.Fatalf("%q is in\n%s", secret, lines)
			}
		}
		for name := range sums {
			names[name] = true
		}
	})
	// Few enough to pay for, however long the senders of the account try.
	if len(names) > 40 {
		t.Errorf("%d metrics: %v", len(names), slices.Sorted(maps.Keys(names)))
	}
}
