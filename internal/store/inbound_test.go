package store_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const rulesYAML = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100"]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}
      - {words: [HOURS], match: whole, reply: "9 to 5"}
    unmatched: {reply: "Sorry?", every: 24h}
    replyLimit: {count: 4, per: 1h}
  shop:
    brand: Shop
    optOutList: shop
    identities: ["+12065550101"]
    answers: aws
`

func apply(t testing.TB, s *store.Store, doc string) {
	t.Helper()
	rules, findings := program.Parse("heed.yaml", []byte(doc))
	if rules == nil {
		t.Fatalf("%v", findings)
	}
	if _, _, err := s.ApplyRuleset(context.Background(), []byte(doc), rules.Settings(), "test", noon()); err != nil {
		t.Fatal(err)
	}
}

// world is AWS as far as a handler can see: its opt-out lists and what was sent. It refuses what AWS refuses.
type world struct {
	mu     sync.Mutex
	listed map[string]bool
	sent   []string
	// received are the messages of which AWS was told that they were.
	received []string
	fail     func(kind string) error
}

func (w *world) SendText(_ context.Context, t outbox.Text) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		if err := w.fail("send"); err != nil {
			return "", err
		}
	}
	w.sent = append(w.sent, string(t.To)+" "+t.Body)
	return fmt.Sprintf("m-%d", len(w.sent)), nil
}

func (w *world) PutOptedOut(_ context.Context, list string, contact sms.Phone) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listed[list+" "+string(contact)] = true
	return nil
}

func (w *world) DeleteOptedOut(_ context.Context, list string, contact sms.Phone) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.listed, list+" "+string(contact))
	return nil
}

func (w *world) PutFeedback(_ context.Context, messageID string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		if err := w.fail("feedback"); err != nil {
			return err
		}
	}
	w.received = append(w.received, messageID)
	return nil
}

func texts(s *store.Store, aws outbox.AWS, now func() time.Time) *inbound.Handler {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	return &inbound.Handler{
		Store: s, Rules: &inbound.Rules{Documents: s, Log: log}, Log: log, Now: now,
		Executor: &outbox.Executor{Store: s, AWS: aws, Log: log, Now: now},
	}
}

type spoken struct {
	id, from, to, body string
	at                 time.Time
}

func (x spoken) record() ingress.Record {
	return ingress.Record{Source: ingress.SQS, ID: "sqs-" + x.id, SaidAt: x.at, Body: fmt.Appendf(nil,
		`{"originationNumber":%q,"destinationNumber":%q,"messageBody":%q,"inboundMessageId":%q,"messageKeyword":"KEYWORD_1"}`, x.from, x.to, x.body, x.id)}
}

func say(t interface{ Fatalf(string, ...any) }, h *inbound.Handler, all ...spoken) {
	records := make([]ingress.Record, len(all))
	for i, x := range all {
		records[i] = x.record()
	}
	mustWork(t, h.Work(context.Background(), records))
}

const (
	ann = "+14255550101"
	bob = "14255550102" // RCS leaves the plus off
)

// The main job at the level of rows: one confirmation, the list after it, nothing twice.
func TestStopIsRecordedConfirmedAndListedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	aws := &world{listed: map[string]bool{}}
	h := texts(s, aws, noon)
	stop := spoken{"i1", ann, "+12065550100", " Stop. ", noon()}
	say(t, h, stop, stop)
	say(t, h, stop)
	say(t, h, spoken{"i2", ann, "+12065550100", "STOP", noon().Add(time.Second)}) // again, in other words
	if want := []string{ann + " Acme: You are opted out and will get no more messages. Reply START to return."}; strings.Join(aws.sent, "|") != strings.Join(want, "|") {
		t.Errorf("sent %q, want %q", aws.sent, want)
	}
	if !aws.listed["alerts "+ann] {
		t.Error("AWS's list does not have her")
	}
	for query, want := range map[string]string{
		`SELECT program, contact, state, aws_state FROM heed.consent`:                        "(alerts,+14255550101,opted_out,in_sync)",
		`SELECT allowed, reason FROM heed.can_send('+14255550101', 'alerts')`:                "(f,opted_out)",
		`SELECT allowed, reason FROM heed.can_send('14255550101', 'alerts')`:                 "(f,opted_out)",
		`SELECT allowed, reason FROM heed.can_send('+14255550101', 'shop')`:                  "(t,no_record)",
		`SELECT kind, seq, state, coalesce(error, '') FROM heed.outbox`:                      "(reply,1,done,\"\")\n(reply,1,expired,\"withheld: already_opted_out\")\n(sync_optout,2,done,\"\")\n(sync_optout,2,done,\"\")",
		`SELECT count(*) FROM heed.consent_event`:                                            "(2)",
		`SELECT verdict, reason, matched, ruleset_version FROM heed.inbound`:                 "(opt_out,opt_out_word,STOP,1)\n(opt_out,opt_out_word,Stop,1)",
		`SELECT evidence ->> 'text', evidence ->> 'cleaned', source FROM heed.consent_event`: "(\" Stop. \",stop,keyword)\n(STOP,stop,keyword)",
		`SELECT aws_message_id FROM heed.outbox WHERE kind = 'reply' AND state = 'done'`:     "(m-1)",
	} {
		if got := dump(t, s, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

// Each row: what was said, in which order it arrives, and what has to hold.
func TestRepliesAndConsent(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return noon().Add(time.Duration(s-60) * time.Second) }
	const acme, shop, unknown = "+12065550100", "+12065550101", "+12065550199"
	for _, c := range []struct {
		sentence string
		batches  [][]spoken
		state    string // of ann in alerts
		replies  int
		listed   bool
	}{
		{"JOIN opts in and is welcomed", [][]spoken{{{"1", ann, acme, "join spring", at(1)}}}, "opted_in", 1, false},
		{"a START that comes late never undoes the STOP after it, and is not welcomed", [][]spoken{{{"2", ann, acme, "STOP", at(2)}}, {{"1", ann, acme, "START", at(1)}}}, "opted_out", 1, true},
		{"a STOP that comes late is recorded and not confirmed", [][]spoken{{{"2", ann, acme, "START", at(2)}}, {{"1", ann, acme, "STOP", at(1)}}}, "opted_in", 1, false},
		{"on a tie opted_out wins, in one batch", [][]spoken{{{"1", ann, acme, "START", at(1)}, {"2", ann, acme, "STOP", at(1)}}}, "opted_out", 1, true},
		{"on a tie opted_out wins, in two", [][]spoken{{{"1", ann, acme, "STOP", at(1)}}, {{"2", ann, acme, "START", at(1)}}}, "opted_out", 1, true},
		{"STOP and START in one batch have the replies of two", [][]spoken{{{"1", ann, acme, "STOP", at(1)}, {"2", ann, acme, "START", at(2)}}}, "opted_in", 2, false},
		{"HELP is answered and changes nothing", [][]spoken{{{"1", ann, acme, "help", at(1)}}}, "", 1, false},
		{"HELP is answered even after STOP", [][]spoken{{{"1", ann, acme, "STOP", at(1)}}, {{"2", ann, acme, "HELP", at(2)}}}, "opted_out", 2, true},
		{"keywords are not answered after STOP", [][]spoken{{{"1", ann, acme, "STOP", at(1)}}, {{"2", ann, acme, "HOURS", at(2)}}}, "opted_out", 1, true},
		{"what nothing matches is answered once a day", [][]spoken{{{"1", ann, acme, "hello", at(1)}}, {{"2", ann, acme, "hello?", at(2)}, {"3", ann, acme, "anyone", at(3)}}}, "", 1, false},
		{"two of it in one batch are answered once", [][]spoken{{{"2", ann, acme, "hello?", at(2)}, {"3", ann, acme, "anyone", at(3)}}}, "", 1, false},
		{"a machine that asks for ever is answered four times an hour", [][]spoken{{{"1", ann, acme, "HELP", at(1)}, {"2", ann, acme, "HELP", at(2)}, {"3", ann, acme, "HELP", at(3)}}, {{"4", ann, acme, "HELP", at(4)}, {"5", ann, acme, "HELP", at(5)}, {"6", ann, acme, "HELP", at(6)}}}, "", 4, false},
		{"a stop confirmation is never held back by the reply limit", [][]spoken{{{"1", ann, acme, "HELP", at(1)}, {"2", ann, acme, "HELP", at(2)}, {"3", ann, acme, "HELP", at(3)}, {"4", ann, acme, "HELP", at(4)}, {"5", ann, acme, "STOP", at(5)}}}, "opted_out", 5, true},
		{"a confirmation later than five minutes is not sent; the list follows all the same", [][]spoken{{{"1", ann, acme, "STOP", at(-300)}}}, "opted_out", 0, true},
		{"heed does not answer for an AWS-managed program", [][]spoken{{{"1", ann, shop, "STOP", at(1)}, {"2", ann, shop, "HELP", at(2)}, {"3", ann, shop, "START", at(3)}}}, "", 0, false},
		{"an ordinary sentence with the word in it is no STOP", [][]spoken{{{"1", ann, acme, "stop by tomorrow?", at(1)}}}, "", 1, false},
		{"nobody answers a short code", [][]spoken{{{"1", "55512", acme, "STOP", at(1)}, {"2", "55512", acme, "what", at(1)}}}, "", 0, false},
		{"a text to an unconfigured number is recorded under default and not answered", [][]spoken{{{"1", ann, unknown, "STOP", at(1)}}}, "", 0, false},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			aws := &world{listed: map[string]bool{}}
			h := texts(s, aws, noon)
			for _, batch := range c.batches {
				say(t, h, batch...)
			}
			for _, batch := range c.batches { // all of it again
				say(t, h, batch...)
			}
			if got := scan[string](t, s, `SELECT coalesce((SELECT state FROM heed.consent WHERE program = 'alerts' AND contact = $1), '')`, ann); got != c.state {
				t.Errorf("consent %q, want %q", got, c.state)
			}
			if len(aws.sent) != c.replies {
				t.Errorf("%d replies, want %d: %q", len(aws.sent), c.replies, aws.sent)
			}
			if aws.listed["alerts "+ann] != c.listed {
				t.Errorf("listed %t, want %t", aws.listed["alerts "+ann], c.listed)
			}
			if open := dump(t, s, `SELECT kind, state, error FROM heed.outbox WHERE state IN ('planned', 'claimed') AND error IS DISTINCT FROM 'left_to_comparison'`); open != "" {
				t.Errorf("left open: %s", open)
			}
		})
	}
}

// Any order, duplication and split of a person's texts ends in the same register, ledger and AWS list, and the
// register is the one of the pure join (promise 3).
func TestConsentConverges(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	ctx := context.Background()
	reset := func() {
		// The ledger refuses TRUNCATE from anyone; a superuser may look away for a test.
		if _, err := s.Pool().Exec(ctx, `SET session_replication_role = replica; TRUNCATE heed.inbound, heed.consent, heed.outbox, heed.consent_event; SET session_replication_role = DEFAULT`); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		reset()
		n := rapid.IntRange(1, 8).Draw(rt, "texts")
		var all []spoken
		want := map[string]optout.Register{}
		for i := range n {
			x := spoken{
				id: fmt.Sprint("i", i), from: rapid.SampledFrom([]string{ann, bob}).Draw(rt, "from"), to: "+12065550100",
				body: rapid.SampledFrom([]string{"STOP", "START", "JOIN", "hello", "HELP", "unstop", "quit!", "this is harassment", "stop texting me"}).Draw(rt, "body"),
				at:   noon().Add(-time.Duration(rapid.IntRange(0, 4).Draw(rt, "ago")) * time.Minute),
			}
			all = append(all, x)
			who := string(sms.ParsePhone(x.from))
			switch x.body {
			case "this is harassment":
				want[who] = want[who].With(optout.Held, x.at)
			case "STOP", "quit!", "stop texting me":
				want[who] = want[who].With(optout.OptedOut, x.at)
			case "START", "JOIN", "unstop":
				want[who] = want[who].With(optout.OptedIn, x.at)
			}
		}
		repeated := append(all[:n:n], rapid.SliceOf(rapid.SampledFrom(all)).Draw(rt, "repeated")...)
		repeated = rapid.Permutation(repeated).Draw(rt, "order")
		cut := rapid.IntRange(0, len(repeated)).Draw(rt, "cut")
		size := rapid.IntRange(1, 4).Draw(rt, "size")
		aws := &world{listed: map[string]bool{}}
		var both sync.WaitGroup
		for _, part := range [][]spoken{repeated[:cut], repeated[cut:]} {
			both.Go(func() {
				h := texts(s, aws, noon)
				for len(part) > 0 {
					k := min(size, len(part))
					say(rt, h, part[:k]...)
					part = part[k:]
				}
			})
		}
		both.Wait()
		relay := &outbox.Executor{Store: s, AWS: aws, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: noon}
		rules, _ := program.Parse("heed.yaml", []byte(rulesYAML))
		for {
			did, err := relay.RunDue(ctx, 100, inbound.NewInForce(rules, ""))
			if err != nil {
				rt.Fatal(err)
			}
			if did.Claimed == 0 {
				break
			}
		}
		for who, register := range want {
			state, since := register.State()
			var got string
			var at time.Time
			if err := s.Pool().QueryRow(ctx, `SELECT state, since FROM heed.consent WHERE contact = $1`, who).Scan(&got, &at); err != nil {
				rt.Fatalf("%s: %v", who, err)
			}
			if got != string(state) || !at.Equal(since) {
				rt.Fatalf("%s is %s since %s, want %s since %s", who, got, at, state, since)
			}
			if aws.listed["alerts "+who] != (state == optout.OptedOut) {
				rt.Fatalf("%s is %s and AWS's list says %t", who, state, aws.listed["alerts "+who])
			}
		}
		if got := dump(t, s, `SELECT contact FROM heed.consent WHERE aws_state <> 'in_sync'`); got != "" {
			rt.Fatalf("not in step: %s\n%s", got, dump(t, s, `SELECT chain, seq, kind, state, error FROM heed.outbox`))
		}
		if n := scan[int](t, s, `SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed')`); n != 0 {
			rt.Fatalf("%d actions left open", n)
		}
		answers := map[string]int{}
		for _, sent := range aws.sent {
			answers[sent]++
		}
		if len(aws.sent) > n {
			rt.Fatalf("%d replies to %d texts: %v", len(aws.sent), n, answers)
		}
	})
}

// The ledger cannot be edited, by a superuser's plain statement either.
func TestLedgerIsAppendOnly(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", ann, "+12065550100", "STOP", noon()})
	for _, statement := range []string{
		`UPDATE heed.consent_event SET state = 'opted_in'`, `DELETE FROM heed.consent_event`, `TRUNCATE heed.consent_event`,
		`UPDATE heed.ruleset SET document = ''`, `DELETE FROM heed.ruleset`,
	} {
		if _, err := s.Pool().Exec(context.Background(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
}
