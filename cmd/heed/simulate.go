package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// defaultDouble is where heed simulate serves unless it is told otherwise.
const defaultDouble = "127.0.0.1:4579"

type simulateCommand struct {
	Listen string `help:"Address to serve." default:"${double}"`
	Region string `help:"Region in ARNs." default:"us-east-1"`
	Data   string `help:"Directory that keeps the state over restarts. It is made if there is none." placeholder:"DIR" type:"path"`

	Numbers []string `name:"number" help:"Numbers that the account has: two-way, self-managed. May be given several times." default:"+12065550100"`
	Managed bool     `help:"AWS answers HELP and STOP on these numbers itself, and keeps the opt-out list. Without it they are published only."`
	Sandbox bool     `help:"The account is in the sandbox: texts go to verified destination numbers only."`

	DeliverTo []string `help:"Endpoint that gets both topics by HTTP, signed, once it has confirmed the subscriptions as with SNS. May be given several times." placeholder:"URL"`
	RCSEvents bool     `help:"What RCS agents send is told of in the event types of RCS, not in those of texts."`

	Seed         *uint64       `help:"The same seed and the same calls give the same ids and the same chance. Any if left out." placeholder:"N"`
	Limits       bool          `help:"Throttle as AWS does a new account: most operations take one call a second."`
	Chaos        float64       `help:"How likely each thing is to go wrong, from 0 to 1: throttling, 5xx, lost answers; deliveries twice or up to 10 s late." placeholder:"P"`
	MaxMessages  int           `help:"How many messages, notifications, calls and client tokens are kept; the oldest are forgotten. As many notifications wait for an endpoint. 0 keeps all." default:"100000"`
	VisibleAfter time.Duration `help:"How long a change of an opt-out list takes to show." placeholder:"T"`
}

// Help is shown by heed simulate --help.
func (simulateCommand) Help() string {
	return `The double keeps its state in memory, and with --data also in a directory: the next start goes on from there, with the same ids. A number of --number is added if the account does not have it. Two topics are there, two-way for what people text and events for delivery events, and whatever is published to them is written to standard output as the SNS envelope, a line each.

  heed simulate
  heed simulate --data ~/.heed/double
  export AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=http://127.0.0.1:4579 AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev AWS_DEFAULT_REGION=us-east-1
  aws pinpoint-sms-voice-v2 send-text-message --destination-phone-number +14255550101 --origination-identity +12065550100 --message-body hello

A person texts, and looks at the phone:
  heed text --from +14255550101 --to +12065550100 STOP
  curl -d '{"to": "+12065550100", "body": "STOP"}' http://127.0.0.1:4579/people/+14255550101/messages
  curl http://127.0.0.1:4579/people/+14255550101/messages

72 hours pass; the next two sends are throttled:
  curl -d '{"advance": "72h"}' http://127.0.0.1:4579/clock
  curl -d '{"operation": "SendTextMessage", "throttle": true, "times": 2}' http://127.0.0.1:4579/faults

To a service of your own, with things going wrong, the same way each time:
  heed simulate --deliver-to http://localhost:9000/sns --chaos 0.05 --seed 1

docs/simulator.md has more: destinations that fail, RCS, other languages, CI.`
}

// Run serves until it is interrupted.
func (c simulateCommand) Run(ctx context.Context, t terminal) (err error) {
	if err := c.faults(); err != nil {
		return err
	}
	sim, err := c.double(c.options())
	if err != nil {
		return err
	}
	losses := losses{out: t.err}
	defer func() {
		err = errors.Join(err, sim.Close())
		losses.end()
	}()
	topics := []string{c.topic("two-way"), c.topic("events")}
	for _, n := range c.Numbers {
		if number := sms.ParseIdentity(n); !sim.HasNumber(number) {
			sim.AddNumber(simulator.NumberSpec{Number: number, TwoWayTopic: topics[0], SelfManaged: !c.Managed})
		}
	}
	var mu sync.Mutex
	for _, topic := range topics {
		sim.Subscribe(topic, func(_ context.Context, n simulator.Notification) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(t.out, n.SQSBody())
		})
	}
	listener, err := listenAt(ctx, c.Listen)
	if err != nil {
		return err
	}
	sim.ServeAt("http://" + listener.Addr().String())
	serving, stop := context.WithCancel(ctx)
	defer stop()
	var ready atomic.Bool
	served := make(chan error, 1)
	go func() { served <- serveUntilDone(serving, listener, onceReady(&ready, doubleHandler(sim))) }()
	if err := c.subscribe(ctx, sim, topics, losses.add); err != nil {
		return err
	}
	sim.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true}) // what fell due while it was not running
	sim.SetChaos(c.chaos())                                   // from here on: the questions to the endpoints were to arrive
	ready.Store(true)
	where := ""
	if c.Data != "" {
		where = ", kept in " + c.Data
	}
	fmt.Fprintf(t.err, "SMS Voice v2 double on http://%s, numbers %v%s\n", listener.Addr(), c.Numbers, where)
	go deliverWhatFallsDue(serving, sim)
	return <-served // calls that are being answered are kept
}

// faults says what is wrong with how the command was called.
func (c simulateCommand) faults() error {
	switch {
	case c.Chaos < 0 || c.Chaos > 1:
		return wrongUse("--chaos %v: write a probability from 0 to 1", c.Chaos)
	case c.MaxMessages < 0:
		return wrongUse("--max-messages %d: write how many, or 0 to keep all", c.MaxMessages)
	case c.VisibleAfter < 0:
		return wrongUse("--visible-after %s: write a time that goes on, as 30s", c.VisibleAfter)
	}
	for _, n := range c.Numbers {
		if !isNumber(sms.Phone(sms.ParseIdentity(n))) {
			return wrongUse("--number %s is no number: write it as +12065550100, a short code as 12345", n)
		}
	}
	for _, endpoint := range c.DeliverTo {
		u, err := url.Parse(endpoint)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return wrongUse("--deliver-to %s: write the whole address, as http://localhost:9000/sns", endpoint)
		}
	}
	return nil
}

// isNumber says whether it can be somebody's number: in E.164, or a short code.
func isNumber(n sms.Phone) bool { return n.Dialable() || n.ShortNumeric() }

// onceReady lets nothing in before the endpoints have confirmed, but what they confirm with: a text would be lost.
func onceReady(ready *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ready.Load() && (r.Method != http.MethodGet || r.URL.Path == "/clock") {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "the endpoints have not confirmed their subscriptions yet", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// double is a double in memory, or the one that a directory keeps.
func (c simulateCommand) double(options simulator.Options) (*simulator.Simulator, error) {
	if c.Data == "" {
		return simulator.New(options), nil
	}
	return simulator.Open(c.Data, options)
}

func (c simulateCommand) options() simulator.Options {
	options := simulator.Options{
		Region: c.Region, AutoDeliver: true, Seed: uint64(time.Now().UnixNano()), VisibleAfter: c.VisibleAfter,
		MaxMessages: c.MaxMessages, Sandbox: c.Sandbox, RCSEvents: c.RCSEvents,
	}
	if c.Seed != nil {
		options.Seed = *c.Seed
	}
	if c.Limits {
		options.Limits = simulator.AWSLimits()
	}
	return options
}

// chaos loses nothing for good, as AWS does not.
func (c simulateCommand) chaos() simulator.Chaos {
	return simulator.Chaos{
		Throttle: c.Chaos, ServerError: c.Chaos, LoseAnswer: c.Chaos,
		Duplicate: c.Chaos, Delay: c.Chaos, DelayUpTo: 10 * time.Second,
	}
}

func (c simulateCommand) topic(name string) string {
	return "arn:aws:sns:" + c.Region + ":111122223333:" + name
}

// subscribe asks each endpoint whether it wants the topics. For each of them as many notifications may wait as are kept
// of everything.
func (c simulateCommand) subscribe(ctx context.Context, sim *simulator.Simulator, topics []string, undelivered func(simulator.Notification, error)) error {
	backlog := c.MaxMessages
	if backlog == 0 {
		backlog = math.MaxInt
	}
	for _, endpoint := range c.DeliverTo {
		for _, topic := range topics {
			if err := sim.SubscribeHTTP(ctx, simulator.HTTPSubscription{
				TopicARN: topic, Endpoint: endpoint, RetryAfter: time.Second, Backlog: backlog, Undelivered: undelivered,
			}); err != nil {
				return fmt.Errorf("subscribe %s to %s (is it running?): %w", endpoint, topic, err)
			}
		}
	}
	return nil
}

// losses tells of what endpoints did not get: the first with its reason, then each that makes ten times as many, and at the
// end how many there were.
type losses struct {
	out io.Writer

	mu    sync.Mutex
	count int
	told  int
}

func (l *losses) add(_ simulator.Notification, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count++; l.count >= 10*l.told {
		l.told = l.count
		fmt.Fprintf(l.out, "heed: not delivered (%d so far): %v\n", l.count, why)
	}
}

func (l *losses) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count > l.told {
		fmt.Fprintf(l.out, "heed: not delivered: %d in all\n", l.count)
	}
}

// deliverWhatFallsDue brings what was put off. What a send brings about at once does not wait for it.
func deliverWhatFallsDue(ctx context.Context, sim *simulator.Simulator) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			sim.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true})
		}
	}
}
