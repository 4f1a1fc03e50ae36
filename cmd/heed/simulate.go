package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

type simulateCommand struct {
	Listen  string   `help:"Address to serve." default:"127.0.0.1:4579" placeholder:"ADDR"`
	Numbers []string `name:"number" help:"Numbers that the account has: two-way, self-managed. May be given several times." default:"+12065550100"`
	Region  string   `help:"Region in ARNs." default:"us-east-1"`

	Data string `help:"Directory that keeps the state over restarts. It is made if there is none." placeholder:"DIR" type:"path"`

	Limits       bool          `help:"Throttle as AWS does a new account: most operations take one call a second."`
	MaxMessages  int           `help:"How many messages, notifications and calls are kept; the oldest are forgotten. 0 keeps all." default:"100000" placeholder:"N"`
	VisibleAfter time.Duration `help:"How long a change of an opt-out list takes to show." placeholder:"T"`
}

// Help is shown by heed simulate --help.
func (simulateCommand) Help() string {
	return `The double keeps its state in memory, and with --data also in a directory: the next start goes on from there, with the same ids. A number of --number is added if the account does not have it. Whatever it would publish (texts of people, delivery events) is written to standard output as the SNS envelope, a line each.

  heed simulate --listen 127.0.0.1:4579
  heed simulate --data ~/.heed/double
  export AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=http://127.0.0.1:4579 AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev AWS_DEFAULT_REGION=us-east-1
  aws pinpoint-sms-voice-v2 send-text-message --destination-phone-number +14255550101 --origination-identity +12065550100 --message-body hello
  curl -d '{"to": "+12065550100", "body": "STOP"}' http://127.0.0.1:4579/people/+14255550101/messages
  curl http://127.0.0.1:4579/people/+14255550101/messages`
}

// Run serves until it is interrupted.
func (c simulateCommand) Run(ctx context.Context, t terminal) (err error) {
	options := simulator.Options{
		Region: c.Region, AutoDeliver: true, Seed: uint64(time.Now().UnixNano()), VisibleAfter: c.VisibleAfter,
		MaxMessages: c.MaxMessages,
	}
	if c.Limits {
		options.Limits = simulator.AWSLimits()
	}
	sim, err := c.double(options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	topic := "arn:aws:sns:" + c.Region + ":111122223333:two-way"
	for _, n := range c.Numbers {
		if number := sms.ParseIdentity(n); !sim.HasNumber(number) {
			sim.AddNumber(simulator.NumberSpec{Number: number, TwoWayTopic: topic, SelfManaged: true})
		}
	}
	var mu sync.Mutex
	sim.Subscribe(topic, func(_ context.Context, n simulator.Notification) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(t.out, n.SQSBody())
	})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return wrongUse("listen: %w", err)
	}
	sim.ServeAt("http://" + listener.Addr().String())
	server := &http.Server{Handler: doubleHandler(sim), ReadHeaderTimeout: 10 * time.Second}
	where := ""
	if c.Data != "" {
		where = ", kept in " + c.Data
	}
	fmt.Fprintf(t.err, "SMS Voice v2 double on http://%s, numbers %v%s\n", listener.Addr(), c.Numbers, where)
	sim.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true}) // what fell due while it was not running
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	<-ended // calls that are being answered are kept
	return nil
}

// double is a double in memory, or the one that a directory keeps.
func (c simulateCommand) double(options simulator.Options) (*simulator.Simulator, error) {
	if c.Data == "" {
		return simulator.New(options), nil
	}
	return simulator.Open(c.Data, options)
}

// doubleHandler is the API, and beside it the people: they text, and their phones can be looked at.
func doubleHandler(sim *simulator.Simulator) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /{$}", sim.Handler())
	mux.Handle("GET /", sim.Handler())
	mux.HandleFunc("POST /people/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		var text struct{ To, Body string }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&text); err != nil {
			http.Error(w, `write {"to": "+12065550100", "body": "STOP"}: `+err.Error(), http.StatusBadRequest)
			return
		}
		id, err := sim.Text(r.Context(), sms.ParsePhone(r.PathValue("number")), sms.ParseIdentity(text.To), text.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answerJSON(w, map[string]string{"inboundMessageId": id})
	})
	mux.HandleFunc("GET /people/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, sim.Inbox(sms.ParsePhone(r.PathValue("number"))))
	})
	return mux
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client went away: nothing is lost
}
