package store_test

import (
	"context"
	"encoding/json"
	"errors"
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
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

const wordsYAML = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100"]
    feedback: true
    doubleOptIn: {}
    keywords:
      - {name: order, words: [ORDER], match: first_word, action: forward, reply: "We look."}
      - {name: menu, words: [MENU], match: whole, action: forward}
      - {name: trial, words: [TRIAL], match: whole, action: forward, observe: true}
    unmatched: {reply: "Sorry?", every: 24h}
  shop:
    brand: Shop
    optOutList: shop
    identities: ["+12065550101"]
    answers: aws
    feedback: true
  plain:
    brand: Plain
    optOutList: plain
    identities: ["+12065550102"]
`

// bus is the application's bus: it keeps what it took, by the event's id.
type bus struct {
	// fail, when set, may refuse a whole call; refuse one event, by its id. lose takes a call and loses the answer.
	fail, lose func() error
	refuse     func(id string) error

	mu    sync.Mutex
	calls int
	taken []outbox.Event
	ids   map[string][]string // each event's details as they came
	note  func(string)
}

func (b *bus) Publish(ctx context.Context, events []outbox.Event) ([]outbox.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b.fail != nil {
		if err := b.fail(); err != nil {
			return nil, err
		}
	}
	var receipts []outbox.Receipt
	for _, e := range events[:min(len(events), 10)] {
		var detail struct{ ID string }
		if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
			return nil, err
		}
		if b.refuse != nil {
			if err := b.refuse(detail.ID); err != nil {
				receipts = append(receipts, outbox.Receipt{Err: err})
				continue
			}
		}
		if b.ids == nil {
			b.ids = map[string][]string{}
		}
		b.ids[detail.ID] = append(b.ids[detail.ID], e.Type+" "+e.Detail)
		b.taken = append(b.taken, e)
		if b.note != nil {
			b.note("event " + e.Type)
		}
		receipts = append(receipts, outbox.Receipt{ID: fmt.Sprint("e-", len(b.taken))})
	}
	if b.lose != nil {
		if err := b.lose(); err != nil {
			return nil, err
		}
	}
	return receipts, nil
}

// wants holds that exactly these events were taken, each as often.
func (b *bus) wants(t testing.TB, times int, ids ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	got := slices.Sorted(maps.Keys(b.ids))
	if want := slices.Sorted(slices.Values(ids)); !slices.Equal(got, want) {
		t.Errorf("on the bus: %q, want %q", got, want)
	}
	for id, details := range b.ids {
		if len(details) != times {
			t.Errorf("%s came %d times, want %d", id, len(details), times)
		}
	}
}

func publisher(words outbox.Words, b outbox.Bus, now func() time.Time) *outbox.Publisher {
	return &outbox.Publisher{Words: words, Bus: b, Since: noon(), Batch: 50, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// publishAll is a relay that publishes until nothing is left to do.
func publishAll(t interface{ Fatal(...any) }, p *outbox.Publisher) (sum outbox.Summary) {
	for {
		did, err := p.Publish(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if sum = sum.Plus(did); did.Claimed == 0 {
			return sum
		}
	}
}

// record adds entries to the ledger of a program as an import does, all of one transaction.
func record(t interface{ Fatal(...any) }, s *store.Store, program string, from, to int, at time.Time) {
	_, err := s.Pool().Exec(context.Background(), `
INSERT INTO heed.consent_event (program, contact, state, said_at, source, actor, recorded_at)
SELECT $1, '+1425' || 5000000 + n, 'opted_in', $4, 'import', 'ann@acme.example', $4 FROM generate_series($2::int, $3::int) n ORDER BY n`, program, from, to, at)
	if err != nil {
		t.Fatal(err)
	}
}

func consentIDs(program string, n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("consent/%s/%d", program, i+1))
	}
	return ids
}

func openWords(t testing.TB) *store.Store {
	t.Helper()
	s := open(t)
	apply(t, s, wordsYAML)
	return s
}

const unpublished = `SELECT program, seq, published FROM heed.consent_chain WHERE published IS DISTINCT FROM seq`

// STOP and a forwarded text reach the application at once, after the replies, and once however often AWS brings them.
func TestTextsReachTheApplication(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	var order []string
	b := &bus{note: func(what string) { order = append(order, what) }}
	aws := &noted{world: &world{listed: map[string]bool{}}, note: b.note}
	h := texts(s, aws, noon)
	h.Publisher = publisher(s, b, noon)
	for range 2 {
		say(t, h, spoken{"1", ann, acme, "STOP", noon()}, spoken{"2", bob, acme, "order 4711", noon()}, spoken{"3", bob, acme, "TRIAL", noon()})
	}
	b.wants(t, 1, "consent/alerts/1", "text/"+acme+"/2/sms")
	if last := order[len(order)-2:]; !slices.Equal(last, []string{"event Consent Changed", "event Text Forwarded"}) && !slices.Equal(last, []string{"event Text Forwarded", "event Consent Changed"}) {
		t.Errorf("replies come first: %q", order)
	}
	if got := dump(t, s, `SELECT chain, state, aws_message_id IS NOT NULL, body IS NULL FROM heed.outbox WHERE kind = 'publish'`); got !=
		"(consent/alerts/1,done,t,t)\n(forward/"+acme+"/2/sms,done,t,t)" {
		t.Errorf("the outbox keeps no words of what is on the bus:\n%s", got)
	}
}

// noted writes down when a reply goes out.
type noted struct {
	*world
	note func(string)
}

func (n *noted) SendText(ctx context.Context, t outbox.Text) (string, error) {
	n.note("reply")
	return n.world.SendText(ctx, t)
}

// Without a bus nothing is planned for one.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", ann, acme, "STOP", noon()}, spoken{"2", bob, acme, "order 4711", noon()})
	if n := scan[int](t, s, `SELECT count(*) FROM heed.outbox WHERE kind = 'publish'`); n != 0 {
		t.Errorf("%d events wait for ever", n)
	}
}

// The ledger is where changes of consent are read, so it does not matter who made them: an import of many hundreds is
// published once each, and does not hold back another program's.
func TestImportIsPublishedOnceEach(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	const many = 1300
	record(t, s, "alerts", 1, many, noon())
	record(t, s, "shop", 1, 3, noon())
	// A dead worker's first visit: what it has room for, the shortest first.
	first, err := s.ClaimWords(ctx, 50, noon(), noon(), noon().Add(time.Minute))
	if err != nil || len(first) != 50 {
		t.Fatal(len(first), err)
	}
	if got := dump(t, s, `SELECT program, count(*) FROM heed.outbox WHERE kind = 'publish' GROUP BY 1`); got != "(alerts,997)\n(shop,3)" {
		t.Errorf("what waits is bounded, and the shortest goes first: %s", got)
	}
	if _, err := s.Recover(ctx, noon().Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	b := &bus{}
	relay := upkeep.Relay{
		Store: s, Executor: nobody{}, Publisher: publisher(s, b, func() time.Time { return noon().Add(2 * time.Minute) }), Log: slog.New(slog.DiscardHandler),
		Settings:  func(context.Context, time.Time) (outbox.Settings, error) { return nil, nil },
		Questions: func(context.Context, time.Time) (map[string][]string, time.Duration, error) { return nil, 0, nil },
		Now:       noon,
	}
	report, err := relay.Run(ctx)
	if err != nil || report.Published.Done != many+3 {
		t.Errorf("%+v %v", report.Published, err)
	}
	b.wants(t, 1, append(consentIDs("alerts", many), consentIDs("shop", 3)...)...)
	if left := dump(t, s, unpublished); left != "" {
		t.Errorf("not given out: %s", left)
	}
	if b.calls > (many+3)/10+20 {
		t.Errorf("%d calls", b.calls)
	}
}

type nobody struct{}

func (nobody) RunDue(context.Context, int, outbox.Settings) (outbox.Summary, error) {
	return outbox.Summary{}, nil
}

// What was there before anybody wanted to hear of it is history. A program that begins later has none.
func TestHistoryIsNotPublished(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	record(t, s, "alerts", 1, 40, noon().Add(-time.Hour))
	record(t, s, "alerts", 41, 42, noon().Add(time.Second)) // while the first function was coming up
	b := &bus{}
	publishAll(t, publisher(s, b, noon))
	record(t, s, "shop", 1, 3, noon().Add(time.Minute))
	later := publisher(s, b, noon)
	later.Since = noon().Add(time.Hour) // a process that came up later does not begin anew
	publishAll(t, later)
	b.wants(t, 1, append(consentIDs("shop", 3), "consent/alerts/41", "consent/alerts/42")...)
}

// A writer that has not committed yet holds its program's ledger: its entries are neither seen nor passed over, and
// nobody waits for it.
func TestNothingIsPassedOver(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	record(t, s, "alerts", 1, 2, noon())
	tx, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, `INSERT INTO heed.consent_event (program, contact, state, said_at, source) VALUES ('alerts', '+14255550199', 'opted_out', now(), 'operator')`); err != nil {
		t.Fatal(err)
	}
	record(t, s, "shop", 1, 2, noon())
	b := &bus{}
	p := publisher(s, b, noon)
	publishAll(t, p)
	b.wants(t, 1, consentIDs("shop", 2)...)
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	publishAll(t, p)
	b.wants(t, 1, append(consentIDs("shop", 2), consentIDs("alerts", 3)...)...)
}

// Many write at once, many publish at once: each entry comes once.
func TestWritersAndPublishersSideBySide(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	b := &bus{}
	p := publisher(s, b, noon)
	var writers, publishers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		publishers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if _, err := p.Publish(context.Background()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	const each = 30
	for w := range 3 {
		writers.Go(func() {
			for i := range each {
				record(failing{t}, s, []string{"alerts", "shop"}[i%2], 1000*w+i, 1000*w+i, noon())
			}
		})
	}
	writers.Wait()
	close(done)
	publishers.Wait()
	publishAll(t, p)
	b.wants(t, 1, append(consentIDs("alerts", 3*each/2), consentIDs("shop", 3*each/2)...)...)
}

// failing may be used by goroutines of a test.
type failing struct{ t *testing.T }

func (f failing) Fatal(args ...any) { f.t.Error(args...) }

// Workers die after the bus took what they told, the bus throttles, loses answers, refuses single events and is away:
// each entry of the ledger ends on the bus at least once, always in the same words.
func TestWordsSurvive(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	failures := map[string]error{
		"throttled": &smithy.GenericAPIError{Code: "ThrottlingException"}, "denied": &smithy.GenericAPIError{Code: "AccessDeniedException"},
		"away": errors.New("no answer"), "internal": &smithy.GenericAPIError{Code: "InternalFailure"},
	}
	next := func(of *[]string) error {
		if len(*of) == 0 {
			return nil
		}
		f := (*of)[0]
		*of = (*of)[1:]
		return failures[f]
	}
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `SET session_replication_role = replica; TRUNCATE heed.outbox, heed.consent_event, heed.consent_chain, heed.publishing; SET session_replication_role = DEFAULT`); err != nil {
			rt.Fatal(err)
		}
		var c clock
		some := func(name string) []string {
			return rapid.SliceOfN(rapid.SampledFrom([]string{"", "", "throttled", "denied", "away", "internal"}), 0, 6).Draw(rt, name)
		}
		calls, answers, entries := some("calls"), some("answers"), some("entries")
		b := &bus{fail: func() error { return next(&calls) }, lose: func() error { return next(&answers) }, refuse: func(string) error { return next(&entries) }}
		deaths := rapid.SliceOfN(rapid.Bool(), 0, 4).Draw(rt, "deaths")
		p := publisher(mortal{s, func() bool {
			if len(deaths) == 0 {
				return false
			}
			d := deaths[0]
			deaths = deaths[1:]
			return d
		}}, b, c.now)
		p.Batch = rapid.IntRange(1, 30).Draw(rt, "batch")
		written := map[string]int{}
		for range rapid.IntRange(1, 5).Draw(rt, "steps") {
			program := rapid.SampledFrom([]string{"alerts", "shop"}).Draw(rt, "program")
			n := rapid.IntRange(1, 25).Draw(rt, "entries of the ledger")
			record(rt, s, program, written[program]+1, written[program]+n, c.now())
			written[program] += n
			_, _ = p.Publish(ctx)
			c.advance(time.Duration(rapid.IntRange(0, 40).Draw(rt, "seconds")) * time.Second)
		}
		for range 25 { // the world calms down, fault by fault; no wait and no claim is longer than the step
			if scan[bool](t, s, `SELECT NOT EXISTS (SELECT FROM heed.outbox WHERE state <> 'done') AND NOT EXISTS (`+unpublished+`)`) {
				break
			}
			c.advance(15 * time.Minute)
			if _, err := s.Recover(ctx, c.now()); err != nil {
				rt.Fatal(err)
			}
			for did, err := p.Publish(ctx); err == nil && did.Claimed > 0; {
				did, err = p.Publish(ctx)
			}
		}
		for program, n := range written {
			for _, id := range consentIDs(program, n) {
				if told := slices.Compact(b.ids[id]); len(told) != 1 {
					rt.Fatalf("%s was told in %d ways: %q\n%s", id, len(told), told, dump(t, s, `SELECT chain, state, attempts, error, not_before FROM heed.outbox WHERE state <> 'done'`))
				}
			}
		}
		if left := dump(t, s, `SELECT chain, state FROM heed.outbox WHERE state <> 'done'`) + dump(t, s, unpublished); left != "" {
			rt.Fatalf("left open:\n%s", left)
		}
	})
}

// Each row: what the bus says of one event of three, and what becomes of it. The two beside it are done.
func TestAnswersOfTheBus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, code, state, reason string }{
		{"a fault of the service: again", "InternalFailure", "planned", "server_error"},
		{"too fast: again", "ThrottlingException", "planned", "throttled"},
		{"a right that is missing gets mended: again", "AccessDeniedException", "planned", "access_denied"},
		{"what nobody knows: again", "MoonException", "planned", "moonexception"},
		{"no JSON: never", "MalformedDetail", "failed", "malformed_detail"},
		{"nothing that an event can be: never", "InvalidArgument", "failed", "invalid_argument"},
		{"too large: never", "EventTooLarge", "failed", "too_large"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := openWords(t)
			record(t, s, "alerts", 1, 3, noon())
			b := &bus{refuse: func(id string) error {
				if id == "consent/alerts/2" {
					return &smithy.GenericAPIError{Code: c.code, Fault: smithy.FaultClient}
				}
				return nil
			}}
			publishAll(t, publisher(s, b, noon))
			want := "(consent/alerts/1,done,)\n(consent/alerts/2," + c.state + "," + c.reason + ")\n(consent/alerts/3,done,)"
			if got := dump(t, s, `SELECT chain, state, error FROM heed.outbox`); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// The bus is away for an hour. Texts are answered and acknowledged all the while, it is asked seldom, little is kept of
// what the ledger has anyway; then everything arrives.
func TestBusAwayForAnHour(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	var c clock
	away := true
	b := &bus{fail: func() error {
		if away {
			return errors.New("no answer")
		}
		return nil
	}}
	aws := &world{listed: map[string]bool{}}
	h := texts(s, aws, c.now)
	h.Publisher = publisher(s, b, c.now)
	relay := publisher(s, b, c.now)
	record(t, s, "shop", 1, 1500, noon())
	for i := range 60 {
		say(t, h, spoken{fmt.Sprint("s", i), fmt.Sprintf("+1425555%04d", i), acme, "STOP", c.now()}, spoken{fmt.Sprint("o", i), fmt.Sprintf("+1425556%04d", i), acme, "ORDER 1", c.now()})
		publishAll(t, relay)
		c.advance(time.Minute)
	}
	if len(aws.sent) != 120 || len(aws.listed) != 60 {
		t.Errorf("%d replies, %d listed", len(aws.sent), len(aws.listed))
	}
	if b.calls > 125 {
		t.Errorf("a bus that is away was asked %d times in an hour", b.calls)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.outbox WHERE kind = 'publish' AND purpose = 'consent_changed'`); n > 1000 {
		t.Errorf("%d of the ledger's entries wait in the outbox", n)
	}
	away = false
	for range 3 {
		c.advance(15 * time.Minute)
		if _, err := s.Recover(ctx, c.now()); err != nil {
			t.Fatal(err)
		}
		publishAll(t, relay)
	}
	want := append(consentIDs("shop", 1500), consentIDs("alerts", 60)...)
	for i := range 60 {
		want = append(want, fmt.Sprintf("text/%s/o%d/sms", acme, i))
	}
	b.wants(t, 1, want...)
}

// A worker whose claim lapsed, and who hears only then that the bus took the event, saves the second copy.
func TestLateNewsOfAnEvent(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	ctx := context.Background()
	record(t, s, "alerts", 1, 1, noon())
	words, err := s.ClaimWords(ctx, 10, noon(), noon(), noon().Add(time.Second))
	if err != nil || len(words) != 1 {
		t.Fatal(words, err)
	}
	if _, err := s.Recover(ctx, noon().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := s.Settle(ctx, []outbox.Outcome{{Action: words[0], State: outbox.Done, MessageID: "e-1"}}, noon().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	b := &bus{}
	publishAll(t, publisher(s, b, func() time.Time { return noon().Add(time.Hour) }))
	b.wants(t, 1)
}

// An invocation at its end begins nothing, and puts back what it claimed.
func TestPublisherMindsItsDeadline(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	record(t, s, "alerts", 1, 30, noon())
	var c clock
	b := &bus{note: func(string) { c.advance(time.Second) }} // a slow bus
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
	defer cancel()
	p := publisher(s, b, func() time.Time { return time.Now().Add(time.Hour - 9*time.Second).Add(c.now().Sub(noon())) })
	p.Margin = 2 * time.Second
	sum, err := p.Publish(ctx)
	if err != nil || sum.Done != 10 || sum.Deferred != 20 {
		t.Errorf("%+v %v", sum, err)
	}
	if sum, err := p.Publish(ctx); err != nil || sum.Claimed != 0 {
		t.Errorf("%+v %v", sum, err)
	}
	if got := dump(t, s, `SELECT state, attempts, count(*) FROM heed.outbox GROUP BY 1, 2`); got != "(done,1,10)\n(planned,0,20)" {
		t.Error(got)
	}
}

// answering is a text that answers a message of ours.
func (x spoken) answering(message string) ingress.Record {
	r := x.record()
	r.Body = fmt.Appendf(nil, `{"previousPublishedMessageId":%q,%s`, message, strings.TrimPrefix(string(r.Body), "{"))
	return r
}

// Each row: what people answer, and of which messages AWS is told that they were received.
func TestFeedback(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("m", 5000)
	for _, c := range []struct {
		sentence string
		said     []ingress.Record
		want     string
		texts    int
	}{
		{"an answer", []ingress.Record{spoken{"1", ann, acme, "hello", noon()}.answering("m-1")}, "m-1", 1},
		{"two answers to one message are one call", []ingress.Record{
			spoken{"1", ann, acme, "hello", noon()}.answering("m-1"), spoken{"2", ann, acme, "again", noon()}.answering("m-1"),
		}, "m-1", 2},
		{"STOP is an answer too", []ingress.Record{spoken{"1", ann, acme, "STOP", noon()}.answering("m-1")}, "m-1", 1},
		{"a yes without a question means nothing, and was an answer", []ingress.Record{spoken{"1", ann, acme, "yes", noon()}.answering("m-1")}, "m-1", 1},
		{"where AWS answers it is no reply", []ingress.Record{spoken{"1", ann, shop, "STOP", noon()}.answering("m-1")}, "m-1", 1},
		{"a program that did not ask for it", []ingress.Record{spoken{"1", ann, "+12065550102", "hello", noon()}.answering("m-1")}, "", 1},
		{"a text that answers nothing", []ingress.Record{spoken{"1", ann, acme, "hello", noon()}.record()}, "", 1},
		{"no id of AWS, and the STOP is kept", []ingress.Record{spoken{"1", ann, acme, "STOP", noon()}.answering(long)}, "", 1},
		{"nor this", []ingress.Record{spoken{"1", ann, acme, "STOP", noon()}.answering("m 1\n")}, "", 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := openWords(t)
			aws := &world{listed: map[string]bool{}}
			h := texts(s, aws, noon)
			for range 2 {
				mustWork(t, h.Work(context.Background(), c.said))
			}
			if got := strings.Join(aws.received, " "); got != c.want {
				t.Errorf("told of %q, want %q", got, c.want)
			}
			if n := scan[int](t, s, `SELECT count(*) FROM heed.inbound`); n != c.texts {
				t.Errorf("%d texts", n)
			}
			if bad := dump(t, s, `SELECT chain, state, aws_message_id FROM heed.outbox WHERE kind = 'feedback' AND (state <> 'done' OR aws_message_id <> 'm-1')`); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// Each row: what AWS says of feedback, and what becomes of it a while later. Never is it given after its hour.
func TestAnswersToFeedback(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		err      error
		after    time.Duration
		state    string
		calls    int
	}{
		{"taken", nil, 20 * time.Minute, "done", 1},
		{"a message that AWS does not know", &smithy.GenericAPIError{Code: "ResourceNotFoundException"}, 20 * time.Minute, "failed not_found", 1},
		{"too fast: again", &smithy.GenericAPIError{Code: "ThrottlingException"}, 20 * time.Minute, "done", 2},
		{"no answer: again, it can be said twice", context.DeadlineExceeded, 20 * time.Minute, "done", 2},
		{"again, but not after its hour", &smithy.GenericAPIError{Code: "ThrottlingException"}, time.Hour, "expired expired", 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := openWords(t)
			var cl clock
			calls := 0
			aws := &world{listed: map[string]bool{}, fail: func(kind string) error {
				if kind != "feedback" {
					return nil
				}
				if calls++; calls > 1 {
					return nil
				}
				return c.err
			}}
			h := texts(s, aws, cl.now)
			mustWork(t, h.Work(context.Background(), []ingress.Record{spoken{"1", ann, acme, "HELP", noon()}.answering("m-1")}))
			cl.advance(c.after)
			relay(t, s, h)
			if got := scan[string](t, s, `SELECT concat_ws(' ', state, error) FROM heed.outbox WHERE kind = 'feedback'`); got != c.state || calls != c.calls {
				t.Errorf("%s after %d calls, want %s after %d", got, calls, c.state, c.calls)
			}
			if len(aws.sent) != 1 {
				t.Errorf("%d replies: feedback keeps nobody waiting", len(aws.sent))
			}
		})
	}
}

// A publisher that fails, whatever it says, sends no text back to its queue.
func TestPublisherFails(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	aws := &world{listed: map[string]bool{}}
	h := texts(s, aws, noon)
	h.Publisher = broken{}
	say(t, h, spoken{"1", ann, acme, "STOP", noon()})
	if len(aws.sent) != 1 || !aws.listed["alerts "+ann] {
		t.Errorf("%q %v", aws.sent, aws.listed)
	}
}

type broken struct{}

func (broken) Publish(context.Context) (outbox.Summary, error) {
	return outbox.Summary{}, errors.New("database away")
}

// hanging is a bus that never answers.
type hanging struct{}

func (hanging) Publish(ctx context.Context, _ []outbox.Event) ([]outbox.Receipt, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A bus that hangs leaves the invocation time to answer its queue, and the event is told later.
func TestBusHangs(t *testing.T) {
	t.Parallel()
	s := openWords(t)
	record(t, s, "alerts", 1, 1, time.Now())
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	p := publisher(s, hanging{}, time.Now)
	if sum, err := p.Publish(ctx); err != nil || sum.Deferred != 1 || ctx.Err() != nil {
		t.Errorf("%+v %v %v", sum, err, ctx.Err())
	}
	if got := dump(t, s, `SELECT state, error FROM heed.outbox`); got != "(planned,timed_out)" {
		t.Error(got)
	}
}
