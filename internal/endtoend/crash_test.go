package endtoend

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb/pgproxy"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// point is where the worker is killed while it handles one STOP.
type point struct {
	name string
	// trip and after: the n-th round trip to Postgres, before the server sees it or after it is done with it.
	trip  int
	after bool
	// op and phase: a call to AWS, before its effect or after it, before the worker hears of it.
	op    string
	phase simulator.Phase
}

func points() []point {
	const write, claim, settle = 1, 2, 3
	return []point{
		{name: "before the write", trip: write},
		{name: "after the write, before it is known", trip: write, after: true},
		{name: "before the claim", trip: claim},
		{name: "after the claim, before it is known", trip: claim, after: true},
		{name: "before the confirmation reaches AWS", op: "SendTextMessage", phase: simulator.BeforeEffect},
		{name: "after AWS took the confirmation, before it is known", op: "SendTextMessage", phase: simulator.AfterEffect},
		{name: "before the listing reaches AWS", op: "PutOptedOutNumber", phase: simulator.BeforeEffect},
		{name: "after AWS listed the number, before it is known", op: "PutOptedOutNumber", phase: simulator.AfterEffect},
		{name: "before the outcome is settled", trip: settle},
		{name: "after the outcome is settled, before SQS is answered", trip: settle, after: true},
	}
}

// kill -9 at every point between a STOP's arrival and the last that heed does for it, then redelivery and a relay
// run: no STOP is lost, nobody is answered twice, AWS's list agrees, nothing is left claimed (promises 1, 4, 5).
func TestKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, p := range points() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			const timeout = 3 * time.Second
			var victim atomic.Pointer[lambdatest.Function]
			var armedAt atomic.Int64 // round trips before the fatal invocation; -1: nobody is to be killed
			armedAt.Store(-1)
			kill := func() {
				if f := victim.Load(); f != nil && armedAt.Swap(-1) >= 0 {
					f.Kill()
				}
			}
			trip := func(after bool) func(int) {
				return func(n int) {
					if base := armedAt.Load(); p.trip > 0 && base >= 0 && after == p.after && n == int(base)+p.trip {
						kill()
					}
				}
			}
			proxy, err := pgproxy.Start(s.dbURL, pgproxy.Hooks{Before: trip(false), After: trip(true)})
			must(t, err)
			t.Cleanup(func() { _ = proxy.Close() })
			s.onCall = func(phase simulator.Phase, op string) {
				if p.op == op && p.phase == phase && armedAt.Load() >= 0 {
					kill()
				}
			}

			f := s.start("inbound", proxy.URL(), timeout)
			// Another person first: the environment is warm, its statements are prepared.
			s.deliver(f, "+14255550102", "warm-up")
			const contact = "+14255550101"
			record := s.double.Publish(context.Background(), twoWay, stop(contact, "fatal")).SQSRecord(false)
			record.MessageID = "sqs-fatal"
			victim.Store(f)
			armedAt.Store(int64(proxy.RoundTrips()))
			_, err = f.Invoke(context.Background(), s.double.SQSEvent(queue, record))
			if !errors.Is(err, lambdatest.ErrCrashed) {
				t.Fatalf("the worker was not killed: %v\n%s", err, s.logs.String())
			}
			crashed := time.Now()

			record.ReceiveCount = 2
			answer, err := f.Invoke(context.Background(), s.double.SQSEvent(queue, record))
			must(t, err)
			if got := failures(t, answer); len(got) != 0 {
				t.Fatalf("the redelivery was not taken: %v", got)
			}
			// A claim lives as long as the invocation that made it could have, and a second more.
			time.Sleep(time.Until(crashed.Add(timeout + 1500*time.Millisecond)))
			relay := s.start("relay", s.dbURL, 10*time.Second)
			if _, err := relay.Invoke(context.Background(), []byte(`{"source":"aws.events"}`)); err != nil {
				t.Fatal(err)
			}

			s.want(`SELECT count(*) FROM heed.inbound WHERE contact = $1`, "1", contact)
			s.want(`SELECT count(*) FROM heed.consent_event WHERE contact = $1`, "1", contact)
			s.want(`SELECT state || ' ' || aws_state FROM heed.consent WHERE contact = $1`, "opted_out in_sync", contact)
			s.want(`SELECT count(*) FROM heed.outbox WHERE state IN ('planned', 'claimed')`, "0")
			if !s.double.OptedOut("alerts", sms.Phone(contact)) {
				t.Error("AWS's list does not have the number")
			}
			s.wantHonestOutbox(contact)
		})
	}
}

// wantHonestOutbox holds that a person got at most one answer, that the outbox knows whether they did, and that a
// delivery event settles what a crash left unknown.
func (s *stage) wantHonestOutbox(contact string) {
	s.t.Helper()
	sent := len(s.double.Inbox(sms.Phone(contact)))
	if sent > 1 {
		s.t.Errorf("%d confirmations", sent)
	}
	state := s.value(`SELECT state FROM heed.outbox WHERE contact = $1 AND kind = 'reply'`, contact)
	if state != "done" && state != "unknown" || (state == "done") && sent == 0 {
		s.t.Errorf("the reply is %s and %d were sent", state, sent)
	}
	events := s.start("events", s.dbURL, 10*time.Second)
	s.double.Subscribe(eventsTopic, func(ctx context.Context, n simulator.Notification) {
		if _, err := events.Invoke(ctx, n.SNSLambdaEvent()); err != nil {
			s.t.Error(err)
		}
	})
	s.double.Deliver(context.Background(), simulator.DeliverOptions{Shuffle: true, Twice: true})
	want := map[int]string{0: "unknown", 1: "done"}[sent]
	s.want(`SELECT state FROM heed.outbox WHERE contact = $1 AND kind = 'reply'`, want, contact)
	s.want(`SELECT count(*) FROM heed.message WHERE contact = $1`, fmt.Sprint(sent), contact)
}

// deliver hands a STOP to a worker as SQS would.
func (s *stage) deliver(f *lambdatest.Function, contact, id string) {
	s.t.Helper()
	record := s.double.Publish(context.Background(), twoWay, stop(contact, id)).SQSRecord(false)
	if _, err := f.Invoke(context.Background(), s.double.SQSEvent(queue, record)); err != nil {
		s.t.Fatal(err)
	}
}

// A batch costs three round trips to Postgres for texts and one for events, whatever its size, once the environment
// is warm.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	proxy, err := pgproxy.Start(s.dbURL, pgproxy.Hooks{})
	must(t, err)
	t.Cleanup(func() { _ = proxy.Close() })
	texts, events := s.start("inbound", proxy.URL(), 20*time.Second), s.start("events", proxy.URL(), 20*time.Second)
	trips := func(size int) int {
		var batch []simulator.SQSRecord
		for i := range size {
			n := s.double.Publish(context.Background(), twoWay, stop(fmt.Sprintf("+1425%07d", 5550000+i*10+size), fmt.Sprintf("rt-%d-%d-%d", size, i, proxy.RoundTrips())))
			batch = append(batch, n.SQSRecord(false))
		}
		before := proxy.RoundTrips()
		_, err := texts.Invoke(context.Background(), s.double.SQSEvent(queue, batch...))
		must(t, err)
		return proxy.RoundTrips() - before
	}
	trips(1) // warm from here on
	for _, size := range []int{1, 10, 200} {
		// A connection that rested for a second is asked whether it is alive, which on a slow machine is a trip more.
		n := trips(size)
		for try := 0; n != 3 && try < 3; try++ {
			n = trips(size)
		}
		if n != 3 {
			t.Errorf("%d texts took %d round trips, want 3", size, n)
		}
	}
	start := proxy.RoundTrips()
	for _, size := range []int{1, 1, 10, 500} {
		var records [][]byte
		for i := range size {
			records = append(records, []byte(delivered(fmt.Sprintf("rt-%d-%d-%d", size, i, proxy.RoundTrips()))))
		}
		before := proxy.RoundTrips()
		_, err := events.Invoke(context.Background(), s.double.FirehoseEvent(stream, append(records, []byte("{poison"))...))
		must(t, err)
		if n := proxy.RoundTrips() - before; before > start && n != 1 {
			t.Errorf("%d events took %d round trips, want 1", size, n)
		}
	}
	s.want(`SELECT count(*) FROM heed.message`, "512")
}
