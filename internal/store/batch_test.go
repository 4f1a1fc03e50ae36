package store_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/outbox"
)

// hangs is an AWS that does not answer for one number until the call is given up.
type hangs struct {
	*strict
	to     string
	ending chan time.Time // when the call has to end
}

func (w hangs) SendText(ctx context.Context, t outbox.Text) (string, error) {
	if string(t.To) != w.to {
		return w.strict.SendText(ctx, t)
	}
	end, _ := ctx.Deadline()
	w.ending <- end
	<-ctx.Done()
	return "", ctx.Err()
}

// A call that hangs is given up while there is time left to write down what its neighbours did.
func TestHangingCallTakesNoNeighbour(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	const margin, stuck = time.Second, "+14255550199"
	begin := time.Now()
	now := func() time.Time { return begin } // a slow machine is not late
	aws := hangs{strictAWS(t, rulesYAML), stuck, make(chan time.Time, 1)}
	h := texts(s, aws, now)
	h.Executor = dead{}
	say(t, h, spoken{"1", stuck, acme, "STOP", begin}, spoken{"2", ann, acme, "STOP", begin}, spoken{"3", bob, acme, "STOP", begin})
	rules, err := h.Rules.Current(context.Background(), begin)
	if err != nil {
		t.Fatal(err)
	}
	executor := &outbox.Executor{Store: s, AWS: aws, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Margin: margin}
	deadline := time.Now().Add(margin + margin/2)
	invocation, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	if _, err := executor.RunDue(invocation, 10, rules); err != nil {
		t.Fatal(err)
	}
	if left := deadline.Sub(<-aws.ending); left < margin/2 {
		t.Errorf("the call may hang until %s before the deadline, want %s", left, margin/2)
	}
	want := "(" + ann + ",reply,done)\n(" + ann + ",sync_optout,done)\n(+" + bob + ",reply,done)\n(+" + bob + ",sync_optout,done)\n(" + stuck + ",reply,unknown)\n(" + stuck + ",sync_optout,planned)"
	if diff := cmp.Diff(want, dump(t, s, `SELECT contact, kind, state FROM heed.outbox`)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
}

// Ten thousand texts in one set, three of them impossible, are kept as ten thousand sets of one would be: the faulty
// are parked, and each person's last word counts.
func TestTenThousandTexts(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	h := texts(s, strictAWS(t, rulesYAML), func() time.Time { return noon().Add(10 * time.Second) })
	h.Executor = dead{}
	const people = 2999 // no multiple of the words: everybody says several
	all := make([]ingress.Record, 10000)
	last := map[string]string{}
	for i := range all {
		who := i % people
		x := spoken{
			id: fmt.Sprint(i), from: fmt.Sprintf("+1%03d55501%02d", 201+who/100, who%100), to: acme,
			body: []string{"STOP", "HELP", "hello", "", "START"}[i%5], at: noon().Add(time.Duration(i) * time.Millisecond),
		}
		switch i {
		case 77:
			x.id = unindexable()
		case 4077, 9077:
			x.body = "x\x00y" // %q writes it as no JSON does
		default:
			if x.body == "STOP" || x.body == "START" {
				last[x.from] = x.body
			}
		}
		all[i] = x.record()
		all[i].ID = fmt.Sprint("sqs-", i)
	}
	mustWork(t, h.Work(context.Background(), all))
	if n := scan[int](t, s, `SELECT count(*) FROM heed.inbound`); n != len(all)-3 {
		t.Errorf("%d texts, want %d", n, len(all)-3)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.parked`); n != 3 {
		t.Errorf("%d parked, want 3: %s", n, dump(t, s, `SELECT DISTINCT reason, error FROM heed.parked`))
	}
	var stopped []string
	for who, word := range last {
		if word == "STOP" {
			stopped = append(stopped, who)
		}
	}
	differ := scan[int](t, s, `SELECT count(*) FROM heed.consent WHERE (state = 'opted_out') <> (contact = ANY($1))`, stopped)
	if n := scan[int](t, s, `SELECT count(*) FROM heed.consent`); n != len(last) || differ != 0 {
		t.Errorf("%d people in the register, want %d; %d of them not as they said", n, len(last), differ)
	}
}

// unindexable is an id that no index can hold: long, and random, so that it does not compress.
func unindexable() string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for range 9000 {
		b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789"[r.IntN(36)])
	}
	return b.String()
}
