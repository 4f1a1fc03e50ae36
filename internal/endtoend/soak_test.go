package endtoend

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// The soak's settings. A person's texts are seconds apart and reordering is of seconds, in real time, because the
// binaries' clock is the machine's; what a month would bring is played afterwards.
const (
	// soakPeople is how many people take part where HEED_SOAK_PEOPLE does not say, soakAtOnce how many are busy at a time:
	// as many as two cores answer without a backlog of minutes.
	soakPeople, soakAtOnce = 300, 300
	// soakTimeout is that of every function: what hangs, hangs as long.
	soakTimeout = 5 * time.Second
	// soakBacklog is how many texts may wait before people hold their breath.
	soakBacklog = 500
	// soakLate is how long after a person's opt-out was committed an answer may still go out that was under way: the
	// executor believes the register for two seconds, and the SDK tries a throttled send twice more, within three.
	soakLate = 6 * time.Second
	// soakOutage is how long the function for delivery events is away, and back, in turns: longer than a claim of a dead
	// worker holds, so that no event tells in time what became of it.
	soakOutage = 12 * time.Second
	// soakSeed decides what people say and what goes wrong. Which worker meets it is chance.
	soakSeed = 7
)

const soakRules = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    configurationSet: alerts
    identities: ["+12065550100"]
    keywords: [{words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}]
    unmatched: {reply: "We read this by day.", every: 1h}
  offers:
    brand: Acme Offers
    optOutList: offers
    configurationSet: alerts
    identities: ["+12065550101"]
    keywords: [{words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}]
`

// soak is a run: the stage, its people, and what is counted on the way.
type soak struct {
	*stage
	people  []*soakPerson
	texts   *simulator.Queue
	dead    *simulator.Queue
	sources []*simulator.EventSource
	workers []*lambdatest.Function // the relay last
	began   time.Time
	took    time.Duration // until the last person was done

	kills, crashed, timedOut, erred, invocations, runs atomic.Int64
	// through are campaigns of the application that asks nobody that went out to people who were opted out, before AWS had
	// them on its list.
	through int
	// healed says that nothing goes wrong any more.
	healed atomic.Bool
	// done are the people who are through with what they do.
	done atomic.Int64
	// locked are those whose second return within AWS's 30 days had to wait.
	locked string
}

// Many people text, come back, ask, and are sent campaigns by an application that asks heed.can_send and by one that does
// not, while everything goes wrong that may: calls are throttled, fail, lose their answers or hang, deliveries come twice,
// late and again after they were acknowledged, delivery events are not read for a while, and workers are killed (kill -9)
// at random. In the end the faults are
// healed and everything comes to rest. Then register, AWS's opt-out lists and phones agree: see verdict.
//
// HEED_SOAK_PEOPLE is how many take part: make soak runs it with 10,000.
func TestSoak(t *testing.T) {
	t.Parallel()
	people := soakPeople
	if given := os.Getenv("HEED_SOAK_PEOPLE"); given != "" {
		n, err := strconv.Atoi(given)
		must(t, err)
		people = n
	}
	s := newSoak(t, people)
	running, stop := context.WithCancel(context.Background())
	var background sync.WaitGroup
	for _, source := range s.sources {
		background.Go(func() { source.Run(running, 1) })
	}
	background.Go(func() { s.every(running, 20*time.Millisecond, s.deliverDue) })
	background.Go(func() { s.every(running, 2*time.Second, s.relay) })
	background.Go(func() { s.every(running, 15*time.Second, s.tell) })
	striking, heal := context.WithCancel(running)
	background.Go(func() { s.kill(striking) })
	s.play()
	heal()
	s.healed.Store(true)
	s.double.SetChaos(simulator.Chaos{})
	s.rest()
	s.compare()
	s.verdict("when everything is at rest", true)
	s.locked = s.value(`SELECT count(*) FROM heed.consent WHERE aws_state = 'locked'`)
	s.aMonthLater()
	s.verdict("a month later", false)
	stop()
	background.Wait()
	t.Log(s.table())
}

func newSoak(t *testing.T, people int) *soak {
	t.Helper()
	s := &soak{stage: newStageOf(t, simulator.Options{Seed: soakSeed, Unsigned: true, VisibleAfter: time.Second})}
	d := s.double
	d.AddNumber(simulator.NumberSpec{Number: offersNumber, TwoWayTopic: twoWay, SelfManaged: true, OptOutList: "offers"})
	s.apply(soakRules)
	s.noteCommits()
	for i := range people {
		s.people = append(s.people, newSoakPerson(i))
	}
	s.dead = d.NewQueue(simulator.QueueOptions{})
	for _, way := range []struct {
		topic, function string
		workers, batch  int
	}{{twoWay, "inbound", 10, 10}, {eventsTopic, "events", 2, 100}} {
		q := d.NewQueue(simulator.QueueOptions{ARN: queue, VisibilityTimeout: 3 * time.Second, MaxReceives: 20, DeadLetters: s.dead})
		d.SubscribeQueue(way.topic, q, false)
		if way.topic == twoWay {
			s.texts = q
		}
		for range way.workers {
			s.sources = append(s.sources, &simulator.EventSource{
				Queue: q, BatchSize: way.batch, ReportFailures: true, Function: s.worker(way.function),
			})
		}
	}
	s.worker("relay")
	d.SetLimits(&simulator.Limits{PerRecipient: 1}) // AWS's own, which nobody can have raised
	d.SetChaos(simulator.Chaos{
		Throttle: 0.05, ServerError: 0.03, LoseAnswer: 0.05, Hang: 0.0005, HangFor: 2 * soakTimeout,
		Duplicate: 0.15, Delay: 0.2, DelayUpTo: 4 * time.Second, Redeliver: 0.05,
	})
	s.began = time.Now()
	return s
}

// worker starts one process of a function and counts what becomes of its invocations.
func (s *soak) worker(name string) simulator.Function {
	f := s.start(name, s.dbURL, soakTimeout, "LOG_LEVEL=warn", "HEED_METRICS=off", "HEED_RECONCILE_EVERY=5s", "HEED_AWS_CALLS_PER_SECOND=50")
	s.workers = append(s.workers, f)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		if name == "events" && !s.healed.Load() && time.Since(s.began)/soakOutage%2 == 0 {
			return nil, errors.New("the function is away")
		}
		s.invocations.Add(1)
		answer, err := f.Invoke(ctx, payload)
		switch {
		case err == nil:
		case errors.Is(err, lambdatest.ErrCrashed):
			s.crashed.Add(1)
		case errors.Is(err, lambdatest.ErrTimedOut):
			s.timedOut.Add(1)
		default:
			s.erred.Add(1)
		}
		return answer, err
	}
}

// every does something again and again until the context ends.
func (*soak) every(ctx context.Context, pause time.Duration, do func()) {
	for ticks := time.NewTicker(pause); ; {
		select {
		case <-ctx.Done():
			ticks.Stop()
			return
		case <-ticks.C:
			do()
		}
	}
}

func (s *soak) deliverDue() {
	s.double.Deliver(context.Background(), simulator.DeliverOptions{OnlyDue: true})
}

// relay is the schedule. What one run leaves, because it was killed or AWS was not well, the next sees to.
func (s *soak) relay() {
	s.runs.Add(1)
	if _, err := s.workers[len(s.workers)-1].Invoke(context.Background(), []byte(`{"source":"aws.events"}`)); err != nil {
		s.erred.Add(1)
	}
}

// kill kills a worker, whatever it is doing, once a second or so.
func (s *soak) kill(ctx context.Context) {
	random := rand.New(rand.NewPCG(soakSeed, 0))
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(random.Int64N(int64(2 * time.Second)))):
			s.workers[random.IntN(len(s.workers))].Kill()
			s.kills.Add(1)
		}
	}
}

// play lets everybody do what they do, so many at a time.
func (s *soak) play() {
	places := make(chan struct{}, soakAtOnce)
	var all sync.WaitGroup
	for _, p := range s.people {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			s.live(p)
			s.done.Add(1)
		})
	}
	all.Wait()
	s.took = time.Since(s.began)
}

// tell says how far the run is, for who watches a long one.
func (s *soak) tell() {
	visible, hidden := s.texts.Length()
	s.t.Logf("%d of %d people are done; %d texts wait, %d are being read", s.done.Load(), len(s.people), visible, hidden)
}

// rest waits until nothing is under way any more. How long heed waits before it tries again is another test's question.
func (s *soak) rest() {
	const open = `SELECT count(*) FROM heed.outbox WHERE state = 'claimed' OR state = 'planned' AND not_before < now() + interval '1 day'`
	calm := 0
	for began := time.Now(); calm < 3; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > 5*time.Minute {
			s.t.Fatalf("it does not come to rest: %s", s.value(`SELECT json_agg(o) FROM (SELECT * FROM heed.outbox WHERE state IN ('planned', 'claimed') LIMIT 20) o`))
		}
		_, err := s.db.Exec(context.Background(), `UPDATE heed.outbox SET not_before = now() WHERE state = 'planned' AND not_before BETWEEN now() AND now() + interval '1 day'`)
		must(s.t, err)
		s.relay()
		calm++
		for _, source := range s.sources {
			if visible, hidden := source.Queue.Length(); visible+hidden > 0 {
				calm = 0
			}
		}
		if calm > 0 && (len(s.double.PendingEvents()) > 0 || s.value(open) != "0") {
			calm = 0
		}
	}
}

// aMonthLater brings the double to where AWS lets numbers leave their lists again, and lets heed try.
func (s *soak) aMonthLater() {
	s.double.Advance(31 * 24 * time.Hour)
	_, err := s.db.Exec(context.Background(), `UPDATE heed.outbox SET not_before = now() WHERE state = 'planned'`)
	must(s.t, err)
	s.rest()
}

// soakNumber is beside the numbers with a fate of their own.
func soakNumber(i int) sms.Phone { return sms.Phone("+1" + strconv.Itoa(4255600000+i)) }
