package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

type person struct {
	name  string
	phone sms.Phone
}

func people() (ann, bob, cid, eve, dan person) {
	return person{"Ann", "+14255550101"}, person{"Bob", "+14255550102"}, person{"Cid", "+14255550103"},
		person{"Eve", simulator.DestinationUnreachable}, person{"Dan", simulator.DestinationLateReceipt}
}

type scene struct {
	title string
	play  func(ctx context.Context, s *stage) error
}

func scenes() []scene {
	return []scene{
		{"People text", textScene},
		{"A typing event, a tap, a poison record", oddScene},
		{"The same again", againScene},
		{"AWS reports", eventsScene},
		{"The relay comes by", relayScene},
	}
}

func textScene(ctx context.Context, s *stage) error {
	ann, bob, cid, eve, dan := people()
	for _, line := range []struct {
		who  person
		text string
	}{
		{ann, "JOIN"},
		{ann, "help"},
		{bob, "Join please"},
		{bob, "Don't stop, I love these"},
		{ann, "STOP."},
	} {
		if err := s.text(ctx, line.who, line.text); err != nil {
			return err
		}
	}
	if err := s.campaign(ctx, ann); err != nil {
		return err
	}
	for _, line := range []struct {
		who  person
		text string
	}{
		{ann, "Start"},
		{cid, "Non-stop fun! HOUSR"},
		{cid, "hours"},
		{cid, "Unsubscribe"},
		{eve, "JOIN"},
		{dan, "JOIN"},
	} {
		if err := s.text(ctx, line.who, line.text); err != nil {
			return err
		}
	}
	return nil
}

// text plays one text and shows what came back and why.
func (s *stage) text(ctx context.Context, who person, body string) error {
	before := len(s.double.Inbox(who.phone))
	id, err := s.double.Text(ctx, who.phone, demoNumber, body)
	if err != nil {
		return err
	}
	if err := s.pump(ctx); err != nil {
		return err
	}
	var verdict, reason string
	err = s.db.Pool().QueryRow(ctx, `SELECT verdict, reason FROM heed.inbound WHERE inbound_message_id = $1`, id).Scan(&verdict, &reason)
	if err != nil {
		return fmt.Errorf("look the text up: %w", err)
	}
	s.say("  %s → %-28s %s (%s)", who.name, body, verdict, reason)
	inbox := s.double.Inbox(who.phone)[before:]
	for _, m := range inbox {
		s.say("  %s ← %s", who.name, m.Body)
	}
	if len(inbox) == 0 {
		s.say("  (%s's phone is switched off)", who.name)
	}
	return nil
}

// campaign is the operator's own application, which asks neither heed nor anybody else before it sends.
func (s *stage) campaign(ctx context.Context, to person) error {
	_, err := s.aws.SendText(ctx, outbox.Text{To: to.phone, From: demoNumber, Body: "Acme: 20% off today!", ConfigurationSet: demoProgram})
	if err == nil {
		return errors.New("AWS took a text to somebody who said STOP")
	}
	if f := fault.Explain(err); f.Reason != fault.OptedOut {
		return err
	}
	var allowed bool
	var reason string
	if err := s.db.Pool().QueryRow(ctx, `SELECT allowed, reason FROM heed.can_send($1, $2)`, string(to.phone), demoProgram).Scan(&allowed, &reason); err != nil {
		return err
	}
	s.say("  a campaign texts %s all the same: AWS refuses (opted out); heed.can_send had said %t (%s)", to.name, allowed, reason)
	return nil
}

func oddScene(ctx context.Context, s *stage) error {
	ann, bob, _, _, _ := people()
	if _, err := s.double.Typing(ctx, ann.phone, demoAgent); err != nil {
		return err
	}
	if _, err := s.double.Tap(ctx, bob.phone, demoAgent, "Leave", "STOP"); err != nil {
		return err
	}
	s.double.Publish(ctx, twoWayTopic, `{"originationNumber": "+1425555`)
	s.say("  Ann is typing; Bob taps the button «Leave» (postback STOP); a record is cut short on its way. All in one batch.")
	return s.pump(ctx)
}

func againScene(ctx context.Context, s *stage) error {
	again := append(slices.Clone(s.history), s.history...)
	rand.New(rand.NewPCG(4, 2)).Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
	sent := len(s.double.Sent())
	for batch := range slices.Chunk(again, 7) {
		if err := s.invoke(ctx, s.inbound, s.double.SQSEvent(inboundQueue, batch...)); err != nil {
			return err
		}
	}
	s.say("  All of it again, twice and shuffled: %d deliveries, %d further texts sent.", len(again), len(s.double.Sent())-sent)
	return nil
}

// eventsScene lets AWS report on what was sent: late, repeated, out of order, by two ways.
func eventsScene(ctx context.Context, s *stage) error {
	s.double.Deliver(ctx, simulator.DeliverOptions{Shuffle: true, Twice: true})
	var queue []simulator.SQSRecord
	for _, n := range s.arrived {
		queue = append(queue, n.SQSRecord(false))
	}
	s.arrived = nil
	s.say("  AWS reports: %d events through SNS and SQS, %d through Firehose, each twice, shuffled, up to three days late.", len(queue), len(s.stream))
	for batch := range slices.Chunk(queue, 10) {
		if err := s.invoke(ctx, s.events, s.double.SQSEvent(eventsQueue, batch...)); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(s.stream, 25) {
		if err := s.invoke(ctx, s.events, s.double.FirehoseEvent(eventsStream, append(slices.Clone(batch), []byte("not an event"))...)); err != nil {
			return err
		}
	}
	return nil
}

// line is a rule across the page.
func line(title string) string { return "\n" + title + "\n" + strings.Repeat("─", len(title)) }

// relayScene runs the relay as the schedule would.
func relayScene(ctx context.Context, s *stage) error {
	report, err := s.relay.Run(ctx)
	if err != nil {
		return err
	}
	s.say("  Nothing was left to do (%d actions); %d day partitions made ahead.", report.Actions.Claimed, report.Maintained.PartitionsMade)
	return nil
}
