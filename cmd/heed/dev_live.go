package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/phone"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// live is the stage left running: topics go to queues, queues to the workers, the relay comes by, and people text from
// the phone page.
type live struct {
	*stage

	log     *slog.Logger
	workers workers
	queue   *simulator.Queue // of people's texts

	mu      sync.Mutex // guards everything below
	written map[sms.Phone][]phone.Bubble
	refused map[sms.Phone][]phone.Bubble
	last    *simulator.Notification // the text that came last
	held    []simulator.Notification
	on      map[string]bool // traps that last
	armed   bool            // the worker is killed at its next send
}

// comesAgain is how long a text that a dead worker had is hidden.
const comesAgain = 4 * time.Second

// playLive lets the stage run until the context ends. wait returns when the last worker has stopped.
func playLive(ctx context.Context, s *stage, w workers, log *slog.Logger) (l *live, wait func()) {
	l = &live{
		stage: s, log: log, workers: w, queue: s.double.NewQueue(simulator.QueueOptions{ARN: inboundQueue, VisibilityTimeout: comesAgain}),
		written: map[sms.Phone][]phone.Bubble{}, refused: map[sms.Phone][]phone.Bubble{}, on: map[string]bool{},
	}
	events := s.double.NewQueue(simulator.QueueOptions{ARN: eventsQueue, VisibilityTimeout: comesAgain})
	s.live = true
	s.double.Subscribe(twoWayTopic, l.arrive)
	s.double.SubscribeQueue(eventsTopic, events, false)
	s.onCall = l.watch

	var running sync.WaitGroup
	for _, source := range []*simulator.EventSource{
		{Queue: l.queue, Function: w.inbound, ReportFailures: true},
		{Queue: events, Function: w.events, ReportFailures: true},
	} {
		running.Go(func() { source.Run(ctx, 1) })
	}
	running.Go(func() { l.every(ctx, 100*time.Millisecond, l.passTime) })
	running.Go(func() { l.every(ctx, 2*time.Second, l.relayComesBy) })
	return l, running.Wait
}

func (l *live) every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	for tick := time.Tick(pause); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			do(ctx)
		}
	}
}

// passTime lets AWS report what is due.
func (l *live) passTime(ctx context.Context) {
	l.double.Deliver(ctx, simulator.DeliverOptions{OnlyDue: true})
}

// relayComesBy is what the schedule does each minute, more often: what is left or decided is seen to follow.
func (l *live) relayComesBy(ctx context.Context) {
	if _, err := l.workers.relay(ctx, []byte(`{"source": "heed dev"}`)); err != nil && ctx.Err() == nil {
		l.log.WarnContext(ctx, "the relay", slog.Any("error", err))
	}
}

// players are the people of the phone page. Nobody has heard of them yet.
func players() []person {
	return []person{{"Ada", "+14255550111"}, {"Ben", "+14255550112"}, {"Cleo", "+14255550113"}}
}

// Text is a person texting.
func (l *live) Text(ctx context.Context, from sms.Phone, body string) error {
	if !slices.ContainsFunc(players(), func(p person) bool { return p.phone == from }) {
		return fmt.Errorf("person %s: %w", from.Masked(), phone.ErrUnknown)
	}
	// Before it is on its way: the worker may be faster than this.
	l.mu.Lock()
	l.written[from] = append(l.written[from], phone.Bubble{Mine: true, Body: body, At: time.Now()})
	mine := len(l.written[from]) - 1
	l.mu.Unlock()
	id, err := l.double.Text(ctx, from, demoNumber, body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written[from][mine].ID = id
	return err
}

// Campaign is the operator's own application.
func (l *live) Campaign(ctx context.Context, asksFirst bool) error {
	const words = "Acme: 20% off everything this weekend!"
	for _, p := range players() {
		allowed := true
		if asksFirst {
			err := l.db.Pool().QueryRow(ctx, `SELECT allowed FROM heed.can_send($1, $2)`, string(p.phone), demoProgram).Scan(&allowed)
			if err != nil {
				return err
			}
		}
		if !allowed {
			continue
		}
		_, err := l.aws.SendText(ctx, outbox.Text{
			To: p.phone, From: demoNumber, Body: words, ConfigurationSet: demoProgram, Context: map[string]string{"campaign": "weekend"},
		})
		if fault.Explain(err).Reason == fault.OptedOut {
			l.mu.Lock()
			l.refused[p.phone] = append(l.refused[p.phone], phone.Bubble{Body: words, At: time.Now(), Refused: true})
			l.mu.Unlock()
			continue
		}
		if err != nil {
			l.log.WarnContext(ctx, "the campaign", slog.Any("error", err)) // a trap: the others still get it
		}
	}
	return nil
}

// Handsets are the phones as they look now.
func (l *live) Handsets(ctx context.Context) ([]phone.Handset, error) {
	recorded, err := l.strings(ctx, `SELECT inbound_message_id, '' FROM heed.inbound WHERE contact = ANY($1)`)
	if err != nil {
		return nil, err
	}
	status, err := l.strings(ctx, `SELECT message_id, status FROM heed.message WHERE contact = ANY($1)`)
	if err != nil {
		return nil, err
	}
	var handsets []phone.Handset
	for _, p := range players() {
		h := phone.Handset{Name: p.name, Phone: p.phone, Listed: l.double.OptedOut(demoProgram, p.phone)}
		l.mu.Lock()
		h.Bubbles = slices.Concat(l.written[p.phone], l.refused[p.phone])
		l.mu.Unlock()
		for _, b := range h.Bubbles {
			if _, there := recorded[b.ID]; b.Mine && !there {
				h.Typing++
			}
		}
		for _, m := range l.double.Inbox(p.phone) {
			h.Bubbles = append(h.Bubbles, phone.Bubble{ID: m.ID, Body: m.Body, At: m.At, Tick: tickOf(status[m.ID])})
		}
		slices.SortStableFunc(h.Bubbles, func(a, b phone.Bubble) int { return a.At.Compare(b.At) })
		handsets = append(handsets, h)
	}
	return handsets, nil
}

// strings asks for two columns of what concerns the people of the phones, the second by the first.
func (l *live) strings(ctx context.Context, query string) (map[string]string, error) {
	var contacts []string
	for _, p := range players() {
		contacts = append(contacts, string(p.phone))
	}
	rows, err := l.db.Pool().Query(ctx, query, contacts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		found[key] = value
	}
	return found, rows.Err()
}

// tickOf is what a sender sees of a message in this state.
func tickOf(status string) string {
	switch status {
	case "", "queued", "sent":
		return "open"
	case "accepted":
		return "taken"
	case "delivered", "read":
		return "there"
	}
	return "failed"
}
