package store_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// A reply that AWS throttled is not tried again after the person's STOP, with a list of AWS behind it or without.
func TestThrottledReplyEndsWithStop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, doc string
		throttled     int
	}{
		{"a program with a list, its confirmation throttled too", rulesYAML, 2},
		{"a program without a list", withoutLists(rulesYAML), 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, c.doc)
			var now clock
			aws := strictAWS(t, c.doc)
			aws.fail = firstSends(c.throttled)
			h := texts(s, aws, now.now)
			say(t, h, spoken{"1", ann, acme, "HOURS", now.now()})
			now.advance(2 * time.Second)
			say(t, h, spoken{"2", ann, acme, "STOP", now.now()})
			now.advance(30 * time.Second)
			relay(t, s, h)
			if diff := cmp.Diff([]string{confirmation}, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
			}
		})
	}
}

// slow is an AWS whose first answer takes as long as a test wants.
type slow struct {
	*strict
	to           string
	asked, reply chan struct{}
}

func (w slow) SendText(ctx context.Context, t outbox.Text) (string, error) {
	if string(t.To) == w.to {
		close(w.asked)
		<-w.reply
	}
	return w.strict.SendText(ctx, t)
}

// A relay that claimed many people and serves them slowly looks at the register before each send: a STOP that came
// after its claim reaches what it holds.
func TestStopReachesWhatTheRelayHolds(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	const first = "+12065550150" // served before ann
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, c.now)
	h.Executor = dead{}
	say(t, h, spoken{"0", first, acme, "HELP", c.now()}, spoken{"1", ann, acme, "START", c.now()})
	c.advance(time.Second)
	rules, err := h.Rules.Current(context.Background(), c.now())
	if err != nil {
		t.Fatal(err)
	}
	stalled := slow{aws, first, make(chan struct{}), make(chan struct{})}
	executor := &outbox.Executor{Store: s, AWS: stalled, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: c.now, Parallel: 1}
	done := make(chan error, 1)
	go func() {
		_, err := executor.RunDue(context.Background(), 200, rules)
		done <- err
	}()
	<-stalled.asked
	c.advance(20 * time.Second)
	say(t, texts(s, aws, c.now), spoken{"2", ann, acme, "STOP", c.now()})
	c.advance(10 * time.Second)
	close(stalled.reply)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{confirmation, help}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
	if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}

// Under sender scope a STOP to one program ends the replies of all: heed's own go by what can_send says.
func TestSenderScopeHoldsForReplies(t *testing.T) {
	t.Parallel()
	s := open(t)
	doc := withoutLists(senderYAML)
	apply(t, s, doc)
	var c clock
	aws := strictAWS(t, doc)
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "STOP", c.now()})
	c.advance(time.Minute)
	say(t, h, spoken{"2", ann, shop, "HOURS", c.now()}, spoken{"3", ann, shop, "hmm", c.now()})
	if got, want := dump(t, s, `SELECT allowed, reason FROM heed.can_send('`+ann+`', 'b')`), "(f,opted_out_elsewhere)"; got != want {
		t.Errorf("can_send says %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{confirmation}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}

// paused is the store of a process that stands still once Postgres has answered: what happens meanwhile it does not know.
type paused struct {
	*store.Store
	claimed, read func()
}

func (p paused) ClaimDue(ctx context.Context, limit int, now, until time.Time) ([]outbox.Action, error) {
	actions, err := p.Store.ClaimDue(ctx, limit, now, until)
	p.claimed()
	return actions, err
}

func (p paused) Consents(ctx context.Context, contact sms.Phone) (map[string]string, error) {
	consents, err := p.Store.Consents(ctx, contact)
	p.read()
	return consents, err
}

// A worker that stands still between the answer of Postgres and its call does not take for fresh what it was told before:
// a STOP that came meanwhile ends its reply.
func TestStopReachesWhoStoodStill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		pauses   func(stop, late func()) (claimed, read func())
	}{
		{"behind the claim", func(stop, _ func()) (claimed, read func()) { return stop, func() {} }},
		{"behind the second look", func(stop, late func()) (claimed, read func()) { return late, sync.OnceFunc(stop) }},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			var now clock
			aws := strictAWS(t, withoutLists(rulesYAML)) // which would refuse it too
			h := texts(s, aws, now.now)
			h.Executor = dead{}
			say(t, h, spoken{"1", ann, acme, "HOURS", now.now()})
			stop := func() {
				now.advance(5 * time.Second)
				say(t, texts(s, aws, now.now), spoken{"2", ann, acme, "STOP", now.now()})
				now.advance(5 * time.Second)
			}
			claimed, read := c.pauses(stop, func() { now.advance(5 * time.Second) })
			still := &outbox.Executor{Store: paused{s, claimed, read}, AWS: aws, Log: h.Log, Now: now.now}
			rules, err := h.Rules.Current(t.Context(), now.now())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := still.RunDue(t.Context(), 10, rules); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{confirmation}, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
			}
		})
	}
}

// patient is an AWS that throttles the first try of a call, and a client that waits and tries once more.
type patient struct {
	*strict
	wait func()
}

func (p patient) SendText(ctx context.Context, t outbox.Text) (string, error) {
	if err := t.Still(ctx); err != nil {
		return "", err
	}
	p.wait()
	if err := t.Still(ctx); err != nil {
		return "", err
	}
	return p.strict.SendText(ctx, t)
}

// What somebody says while a throttled call waits for its next try ends it.
func TestSecondThoughtsReachTheNextTry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, first, second, sent, withheld string
	}{
		{"a reply behind a STOP", "HOURS", "STOP", confirmation, "opted_out"},
		{"a confirmation behind a START that was answered", "STOP", "START", welcome, "overtaken_by_opt_in"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			doc := withoutLists(rulesYAML) // a list would refuse the reply, and keep the START waiting
			apply(t, s, doc)
			var now clock
			aws := strictAWS(t, doc)
			h := texts(s, patient{aws, func() {
				now.advance(2 * time.Second)
				say(t, texts(s, aws, now.now), spoken{"2", ann, acme, c.second, now.now()})
				now.advance(time.Second)
			}}, now.now)
			say(t, h, spoken{"1", ann, acme, c.first, now.now()})
			if diff := cmp.Diff([]string{c.sent}, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
			}
			if got, want := dump(t, s, `SELECT state, error FROM heed.outbox WHERE chain LIKE '%/1/sms'`), `(expired,"withheld: `+c.withheld+`")`; got != want {
				t.Errorf("the reply is %s, want %s", got, want)
			}
		})
	}
}
