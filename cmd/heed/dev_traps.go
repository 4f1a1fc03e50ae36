package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/heedsms/heed/internal/phone"
	"github.com/heedsms/heed/internal/simulator"
)

// The traps of the phone page.
const (
	trapTwice   = "twice"
	trapHold    = "hold"
	trapSlow    = "slow"
	trapWeather = "weather"
	trapKill    = "kill"
)

// slowness is how long texts take when the network is slow.
const slowness = 5 * time.Second

// Traps are what can go wrong between a person and heed.
func (l *live) Traps() []phone.Trap {
	l.mu.Lock()
	defer l.mu.Unlock()
	traps := []phone.Trap{
		{Name: trapTwice, Label: "Bring the last text again", Why: "SNS and SQS deliver at least once. Nothing changes, nobody is answered twice."},
		{Name: trapHold, Label: "Hold texts back", Why: "Then they come in the wrong order. What was said last counts.", Lasting: true},
		{Name: trapSlow, Label: "Slow network", Why: "A text takes 5 seconds.", Lasting: true},
		{Name: trapWeather, Label: "AWS in bad weather", Why: "Calls are throttled, fail or lose their answer; deliveries come twice and late.", Lasting: true},
		{Name: trapKill, Label: "Kill the worker at its next reply", Why: "kill -9 right after AWS took the reply, before the worker knows.", Lasting: true},
	}
	for i := range traps {
		t := &traps[i]
		t.On = l.on[t.Name]
		switch {
		case t.Name == trapTwice && l.last == nil:
			t.Unavailable = "Nobody has texted yet."
		case t.Name == trapHold && t.On:
			t.Label = fmt.Sprintf("Let go of %d, the newest first", len(l.held))
		case t.Name == trapKill && l.workers.kill == nil:
			t.Unavailable = "Only with workers of their own: make dev."
		}
	}
	return traps
}

// Spring sets a trap, or takes one away that lasts.
func (l *live) Spring(ctx context.Context, name string) error {
	if !slices.ContainsFunc(l.Traps(), func(t phone.Trap) bool { return t.Name == name && t.Unavailable == "" }) {
		return fmt.Errorf("trap %q: %w", name, phone.ErrUnknown)
	}
	l.mu.Lock()
	if name == trapTwice {
		again := *l.last
		l.mu.Unlock()
		l.queue.Send(again.SQSBody())
		l.queue.Send(again.SQSBody())
		return nil
	}
	l.on[name] = !l.on[name]
	on, held := l.on[name], l.held
	switch name {
	case trapHold:
		l.held = nil
	case trapKill:
		l.armed = on
	}
	l.mu.Unlock()
	switch {
	case name == trapHold && !on:
		for _, n := range slices.Backward(held) {
			l.queue.Send(n.SQSBody())
		}
	case name == trapWeather && on:
		l.double.SetChaos(simulator.Chaos{Throttle: 0.2, ServerError: 0.2, LoseAnswer: 0.2, Duplicate: 0.5, Delay: 0.5, DelayUpTo: 2 * time.Second})
	case name == trapWeather:
		l.double.SetChaos(simulator.Chaos{})
	}
	return nil
}

// arrive takes a text from the topic to the queue, as the traps let it.
func (l *live) arrive(_ context.Context, n simulator.Notification) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = &n
	switch {
	case l.on[trapHold]:
		l.held = append(l.held, n)
	case l.on[trapSlow]:
		time.AfterFunc(slowness, func() { l.queue.Send(n.SQSBody()) })
	default:
		l.queue.Send(n.SQSBody())
	}
}

// watch kills the worker for texts where the trap says so.
func (l *live) watch(phase simulator.Phase, operation string) {
	if phase != simulator.AfterEffect || operation != "SendTextMessage" {
		return
	}
	l.mu.Lock()
	kill := l.armed && l.workers.kill != nil
	if kill {
		l.armed, l.on[trapKill] = false, false
	}
	l.mu.Unlock()
	if kill {
		l.workers.kill()
	}
}
