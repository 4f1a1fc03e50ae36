package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
	heedsql "github.com/heedsms/heed/sql"
)

// The account of the demo.
const (
	demoNumber   = sms.Identity("+12065550100")
	demoAgent    = sms.Identity("rcs-00112233445566778899aabbccddeeff")
	demoProgram  = "acme-alerts"
	twoWayTopic  = "arn:aws:sns:us-east-1:111122223333:two-way"
	eventsTopic  = "arn:aws:sns:us-east-1:111122223333:sms-events"
	eventsStream = "arn:aws:firehose:us-east-1:111122223333:deliverystream/sms-events"
	inboundQueue = "arn:aws:sqs:us-east-1:111122223333:inbound"
	eventsQueue  = "arn:aws:sqs:us-east-1:111122223333:events"
)

// stage is everything that the demo plays on: the real handlers on a real Postgres, and the double behind HTTP.
type stage struct {
	terminal
	url     string // of the database
	db      *store.Store
	double  *simulator.Simulator
	server  *http.Server
	aws     *eum.Client
	inbound *ingress.Handler
	events  *ingress.Handler
	relay   *upkeep.Relay

	arrived []simulator.Notification // what the queue holds
	history []simulator.SQSRecord    // every message the queue ever held, to be played again
	stream  [][]byte                 // what Firehose holds

	endpoint string // the double's address
	live     bool   // nothing is collected any more: queues take it
	onCall   func(phase simulator.Phase, operation string)
}

func newStage(ctx context.Context, server *localdb.Server, t terminal, verbose bool) (*stage, error) {
	s := &stage{terminal: t}
	var err error
	if s.url, err = server.CreateDatabase(ctx, localdb.TempName(), ""); err != nil {
		return nil, err
	}
	if _, err := heedsql.Migrate(ctx, s.url); err != nil {
		return nil, err
	}
	if s.db, err = store.Open(ctx, store.Options{URL: s.url}); err != nil {
		return nil, err
	}
	rules, findings := program.Parse("demo.yaml", demoRules)
	if rules == nil {
		return nil, fmt.Errorf("the demo's ruleset: %v", findings)
	}
	if _, _, err := s.db.ApplyRuleset(ctx, demoRules, rules.Settings(), "heed demo", time.Now()); err != nil {
		return nil, err
	}
	if err := s.openAccount(ctx); err != nil {
		return nil, err
	}
	s.hire(verbose)
	return s, nil
}

// openAccount makes the AWS account: a number and an RCS agent, a list, and a configuration set that reports to SNS
// and to Firehose.
func (s *stage) openAccount(ctx context.Context) error {
	s.double = simulator.New(simulator.Options{Seed: 42, Unsigned: true, OnCall: func(phase simulator.Phase, operation string) {
		if s.onCall != nil {
			s.onCall(phase, operation)
		}
	}})
	for _, list := range []string{demoProgram} {
		if _, err := s.double.CreateOptOutList(ctx, &pinpointsmsvoicev2.CreateOptOutListInput{OptOutListName: aws.String(list)}); err != nil {
			return fmt.Errorf("make the opt-out list: %w", err)
		}
	}
	s.double.AddNumber(simulator.NumberSpec{Number: demoNumber, TwoWayTopic: twoWayTopic, SelfManaged: true, OptOutList: demoProgram})
	s.double.AddRCSAgent(simulator.RCSAgentSpec{ID: demoAgent, TwoWayTopic: twoWayTopic, SelfManaged: true, OptOutList: demoProgram})
	set := aws.String(demoProgram)
	if _, err := s.double.CreateConfigurationSet(ctx, &pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: set}); err != nil {
		return fmt.Errorf("make the configuration set: %w", err)
	}
	for _, destination := range []*pinpointsmsvoicev2.CreateEventDestinationInput{
		{EventDestinationName: aws.String("sns"), SnsDestination: &types.SnsDestination{TopicArn: aws.String(eventsTopic)}},
		{EventDestinationName: aws.String("firehose"), KinesisFirehoseDestination: &types.KinesisFirehoseDestination{
			DeliveryStreamArn: aws.String(eventsStream), IamRoleArn: aws.String("arn:aws:iam::111122223333:role/firehose"),
		}},
	} {
		destination.ConfigurationSetName, destination.MatchingEventTypes = set, []types.EventType{types.EventTypeAll}
		if _, err := s.double.CreateEventDestination(ctx, destination); err != nil {
			return fmt.Errorf("make the event destination: %w", err)
		}
	}
	collect := func(_ context.Context, n simulator.Notification) {
		if !s.live {
			s.arrived = append(s.arrived, n)
		}
	}
	s.double.Subscribe(twoWayTopic, collect)
	s.double.Subscribe(eventsTopic, collect)
	s.double.SubscribeFirehose(eventsStream, func(_ context.Context, record []byte) {
		if !s.live {
			s.stream = append(s.stream, record)
		}
	})
	return s.listen(ctx)
}

// listen puts the double behind HTTP and points the SDK at it.
func (s *stage) listen(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the double: %w", err)
	}
	s.server = &http.Server{Handler: s.double.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }()
	s.endpoint = "http://" + listener.Addr().String()
	s.aws = eum.New(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("demo", "demo", ""),
	})
	return nil
}

// hire sets up the workers as the Lambdas do.
func (s *stage) hire(verbose bool) {
	out := io.Discard
	if verbose {
		out = s.err
	}
	log := slog.New(slog.NewTextHandler(out, nil))
	rules := &inbound.Rules{Documents: s.db, Log: log}
	executor := &outbox.Executor{Store: s.db, AWS: s.aws, Log: log, Now: time.Now}
	s.inbound = &ingress.Handler{Worker: &inbound.Handler{Store: s.db, Rules: rules, Executor: executor, Log: log, Now: time.Now}, Log: log, Now: time.Now}
	s.events = &ingress.Handler{Worker: &delivery.Handler{Store: s.db, Log: log, Now: time.Now}, Log: log, Now: time.Now}
	s.relay = &upkeep.Relay{
		Store: s.db, Executor: executor, Batch: 100, Log: log, Now: time.Now,
		Settings:  func(ctx context.Context, now time.Time) (outbox.Settings, error) { return rules.Current(ctx, now) },
		Questions: rules.Questions,
	}
}

func (s *stage) close() {
	s.db.Close()
	_ = s.server.Close() // nothing is served any more
}

// pump hands what the queue holds to the inbound worker, as Lambda's event source mapping would.
func (s *stage) pump(ctx context.Context) error {
	var batch []simulator.SQSRecord
	for _, n := range s.arrived {
		r := n.SQSRecord(false)
		r.MessageID = "sqs-" + n.MessageID
		batch = append(batch, r)
	}
	s.arrived, s.history = nil, append(s.history, batch...)
	return s.invoke(ctx, s.inbound, s.double.SQSEvent(inboundQueue, batch...))
}

// invoke calls a worker and insists that it took everything.
func (s *stage) invoke(ctx context.Context, h *ingress.Handler, event []byte) error {
	answer, err := h.Invoke(ctx, event)
	if err != nil {
		return err
	}
	if string(answer) != `{"batchItemFailures":[]}` && h == s.inbound {
		return errors.New("the worker gave messages back: " + string(answer))
	}
	return nil
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }
