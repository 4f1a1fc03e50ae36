package endtoend

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// The whole chain as it is deployed, under constant faults: topics, queues with dead letters, event sources, the three
// binaries, and an AWS that throttles, fails, loses answers, delivers twice, late and again. Everybody who stopped is on
// AWS's list and in the register, nobody is answered twice, every text that went out has its receipt, and no message is
// left behind.
func TestChaos(t *testing.T) {
	t.Parallel()
	const people = 30
	s := newStageOf(t, simulator.Options{Seed: 4, Unsigned: true})
	d, ctx := s.double, context.Background()
	dead := d.NewQueue(simulator.QueueOptions{})
	var sources []*simulator.EventSource
	for _, way := range []struct{ topic, function string }{{twoWay, "inbound"}, {eventsTopic, "events"}} {
		q := d.NewQueue(simulator.QueueOptions{ARN: queue, VisibilityTimeout: time.Second, MaxReceives: 10, DeadLetters: dead})
		d.SubscribeQueue(way.topic, q, false)
		sources = append(sources, &simulator.EventSource{
			Queue: q, ReportFailures: true, Function: s.start(way.function, s.dbURL, 10*time.Second).Invoke,
		})
	}
	relay := s.start("relay", s.dbURL, 10*time.Second)

	d.SetChaos(simulator.Chaos{
		Throttle: 0.05, ServerError: 0.05, LoseAnswer: 0.1,
		Duplicate: 0.2, Delay: 0.2, DelayUpTo: time.Second, Redeliver: 0.1,
	})
	running, stop := context.WithCancel(ctx)
	var polling sync.WaitGroup
	for _, source := range sources {
		polling.Go(func() { source.Run(running, 1) })
	}
	for i := range people {
		for _, body := range []string{"JOIN", "hello", "Stop "} {
			_, err := d.Text(ctx, person(i), ours, body)
			must(t, err)
			d.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true})
		}
	}
	idle := func() bool {
		for _, source := range sources {
			if visible, hidden := source.Queue.Length(); visible+hidden > 0 {
				return false
			}
		}
		return len(d.PendingEvents()) == 0 && s.value(`SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed')`) == "0"
	}
	settled := 0
	for began := time.Now(); settled < 3; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > 90*time.Second {
			t.Fatalf("it does not come to rest: %s", s.value(`SELECT json_agg(o) FROM heed.outbox o WHERE state IN ('planned', 'claimed')`))
		}
		if time.Since(began) > 5*time.Second {
			d.SetChaos(simulator.Chaos{})
			// How long heed waits before it tries again is another test's question.
			_, err := s.db.Exec(ctx, `UPDATE heed.outbox SET not_before = now() WHERE state = 'planned' AND not_before > now()`)
			must(t, err)
		}
		if _, err := relay.Invoke(ctx, []byte(`{"source":"aws.events"}`)); err != nil {
			t.Log(err) // the next run sees to it
		}
		d.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true})
		if settled++; !idle() {
			settled = 0
		}
	}
	stop()
	polling.Wait()

	if letters := dead.Records(); len(letters) > 0 {
		t.Errorf("%d dead letters: %v", len(letters), letters[0])
	}
	for i := range people {
		s.want(`SELECT state || ' ' || aws_state FROM heed.consent WHERE contact = $1`, "opted_out in_sync", string(person(i)))
		if !d.OptedOut("alerts", person(i)) {
			t.Errorf("AWS's list does not have person %d", i)
		}
		answers := map[string]int{}
		for _, m := range d.Inbox(person(i)) {
			answers[m.Context[sms.ContextInbound]]++
		}
		for inbound, n := range answers {
			if n > 1 {
				t.Errorf("%d answers to %s", n, inbound)
			}
		}
	}
	s.want(`SELECT count(*) FROM heed.inbound`, fmt.Sprint(3*people))
	s.want(`SELECT count(*) FROM heed.message WHERE status = 'delivered'`, fmt.Sprint(len(d.Sent())))
	if strings.Contains(s.logs.String(), "panic") {
		t.Error("a function panicked")
	}
}

func person(i int) sms.Phone { return sms.Phone(fmt.Sprintf("+142555501%02d", i)) }
