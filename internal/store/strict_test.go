package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const (
	acme, shop = "+12065550100", "+12065550101"

	confirmation = "Acme: You are opted out and will get no more messages. Reply START to return."
	welcome      = "Acme: You are opted in. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end."
	help         = "Acme: Msg frequency varies. Msg & data rates may apply. Reply STOP to end."
)

// Two programs of one sender. In the first file one STOP stops both; in the second they share a list of AWS.
const (
	senderYAML = `
version: 1
consent: {scope: sender}
programs:
  a:
    brand: Acme
    optOutList: la
    identities: ["+12065550100"]
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
  b:
    brand: Shop
    optOutList: lb
    identities: ["+12065550101"]
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
    unmatched: {reply: "Sorry?", every: 24h}
`
	sharedYAML = `
version: 1
programs:
  a:
    brand: Acme
    optOutList: shared
    identities: ["+12065550100"]
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
  b:
    brand: Shop
    optOutList: shared
    identities: ["+12065550101"]
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
`
)

// withoutLists is a file whose programs keep no list: heed alone is between them and the person.
func withoutLists(doc string) string {
	lines := slices.DeleteFunc(strings.Split(doc, "\n"), func(l string) bool { return strings.Contains(l, "optOutList:") })
	return strings.Join(lines, "\n")
}

// strict is AWS as strict as it is: it refuses texts to whom the list of the sending identity has, knows whom a list
// does not have, and does nothing for a call that was given up. It writes every call down, in order.
type strict struct {
	// fail, when set, may let a call fail: "send" with the text, "put" and "delete" with the list.
	fail func(call, what string) error

	mu     sync.Mutex
	listOf map[sms.Identity]string
	listed map[string]bool // by "list number"
	calls  []string
}

// strictAWS is an AWS whose lists are those of a file. Who is listed beforehand is given as "list number".
func strictAWS(t testing.TB, doc string, listed ...string) *strict {
	t.Helper()
	rules, findings := program.Parse("heed.yaml", []byte(doc))
	if rules == nil {
		t.Fatal(findings)
	}
	w := &strict{listOf: map[sms.Identity]string{}, listed: map[string]bool{}}
	for _, p := range rules.Programs {
		for _, i := range p.Identities {
			w.listOf[i] = p.OptOutList
		}
	}
	for _, l := range listed {
		w.listed[l] = true
	}
	return w
}

func (w *strict) SendText(ctx context.Context, t outbox.Text) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note(ctx, "send", t.Body); err != nil {
		return "", err
	}
	if w.listed[w.listOf[t.From]+" "+string(t.To)] {
		w.calls = append(w.calls, "refused "+t.Body)
		return "", &types.ConflictException{Reason: types.ConflictExceptionReasonDestinationPhoneNumberOptedOut}
	}
	w.calls = append(w.calls, "sent "+t.Body)
	return fmt.Sprint("m-", len(w.calls)), nil
}

func (w *strict) PutOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note(ctx, "put", list); err != nil {
		return err
	}
	w.calls = append(w.calls, "put "+list)
	w.listed[list+" "+string(contact)] = true
	return nil
}

func (w *strict) DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.note(ctx, "delete", list); err != nil {
		return err
	}
	w.calls = append(w.calls, "delete "+list)
	if !w.listed[list+" "+string(contact)] {
		return &types.ResourceNotFoundException{}
	}
	delete(w.listed, list+" "+string(contact))
	return nil
}

func (w *strict) PutFeedback(context.Context, string) error { return nil }

// note writes down a call that fails.
func (w *strict) note(ctx context.Context, call, what string) error {
	err := ctx.Err()
	if err == nil && w.fail != nil {
		err = w.fail(call, what)
	}
	if err != nil {
		w.calls = append(w.calls, call+" failed: "+what)
	}
	return err
}

// sent are the texts that went out.
func (w *strict) sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var sent []string
	for _, c := range w.calls {
		if text, ok := strings.CutPrefix(c, "sent "); ok {
			sent = append(sent, text)
		}
	}
	return sent
}

// lists is who is on which list, as "list number".
func (w *strict) lists() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.listed))
}

// firstSends lets as many sends be throttled.
func firstSends(n int) func(call, what string) error {
	return func(call, _ string) error {
		if call != "send" || n == 0 {
			return nil
		}
		n--
		return &types.ThrottlingException{}
	}
}

// dead is a worker that records texts and dies before it does what they ask for.
type dead struct{}

func (dead) RunChains(context.Context, []string, outbox.Settings) (outbox.Summary, error) {
	return outbox.Summary{}, nil
}

// relay is one visit of the relay, by the rules in force.
func relay(t testing.TB, s *store.Store, h *inbound.Handler) {
	t.Helper()
	ctx := context.Background()
	rules, err := h.Rules.Current(ctx, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recover(ctx, h.Now()); err != nil {
		t.Fatal(err)
	}
	for range 3 { // what waits for a step before it is due in the next round
		if _, err := h.Executor.(*outbox.Executor).RunDue(ctx, 200, rules); err != nil {
			t.Fatal(err)
		}
	}
}

// story is everything that a failed test needs to be understood.
func story(t testing.TB, s *store.Store, w *strict) string {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	return "AWS was asked:\n" + strings.Join(w.calls, "\n") + "\noutbox:\n" +
		dump(t, s, `SELECT chain, seq, kind, purpose, opt_out_list, state, attempts, not_before, error FROM heed.outbox`) + "\nregister:\n" +
		dump(t, s, `SELECT program, contact, state, since, aws_state FROM heed.consent`) + "\nledger:\n" +
		dump(t, s, `SELECT id, program, state, said_at, source FROM heed.consent_event`)
}

// untilSomebodyWaits returns when a statement of the test's database waits for a lock.
func untilSomebodyWaits(t testing.TB, s *store.Store) {
	t.Helper()
	const waits = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`
	for deadline := time.Now().Add(10 * time.Second); !scan[bool](t, s, waits); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for a lock")
		}
	}
}
