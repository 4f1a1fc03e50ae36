package reconcile_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

// life is how long a worker lives: so many steps, each before or after something that the world sees. When it has
// ended nothing that the worker does has an effect any more.
type life struct {
	mu     sync.Mutex
	left   int // steps; negative: it lives on
	faults []string
	died   bool
}

// step says whether the worker is still there.
func (l *life) step() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == 0 {
		l.died = true
		return false
	}
	l.left--
	return true
}

func (l *life) fault() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.faults) == 0 {
		return ""
	}
	f := l.faults[0]
	l.faults = l.faults[1:]
	return f
}

// around does something whose effect and whose answer may each be lost.
func around(l *life, do func() error) error {
	if !l.step() {
		return errKilled
	}
	err := do()
	if !l.step() {
		return errKilled
	}
	return err
}

// mortalStore is the database in the hands of a worker that may die.
type mortalStore struct {
	*store.Store
	*life
}

func (m mortalStore) RecordInbound(ctx context.Context, b inbound.Batch) (counts inbound.Counts, err error) {
	err = around(m.life, func() (err error) { counts, err = m.Store.RecordInbound(ctx, b); return err })
	return counts, err
}

func (m mortalStore) ClaimChains(ctx context.Context, chains []string, now, until time.Time) (actions []outbox.Action, err error) {
	err = around(m.life, func() (err error) { actions, err = m.Store.ClaimChains(ctx, chains, now, until); return err })
	return actions, err
}

func (m mortalStore) ClaimDue(ctx context.Context, limit int, now, until time.Time) (actions []outbox.Action, err error) {
	err = around(m.life, func() (err error) { actions, err = m.Store.ClaimDue(ctx, limit, now, until); return err })
	return actions, err
}

func (m mortalStore) Settle(ctx context.Context, outcomes []outbox.Outcome, now time.Time) error {
	return around(m.life, func() error { return m.Store.Settle(ctx, outcomes, now) })
}

func (m mortalStore) Recover(ctx context.Context, now time.Time) (r upkeep.Recovered, err error) {
	err = around(m.life, func() (err error) { r, err = m.Store.Recover(ctx, now); return err })
	return r, err
}

func (m mortalStore) CloseQuestions(ctx context.Context, now, before time.Time, lists map[string][]string) (n int, err error) {
	err = around(m.life, func() (err error) { n, err = m.Store.CloseQuestions(ctx, now, before, lists); return err })
	return n, err
}

// Maintain makes no partitions: a property that moves by months would make thousands, and consent lives in none.
func (m mortalStore) Maintain(context.Context, time.Time, upkeep.Kept) (upkeep.Maintained, error) {
	return upkeep.Maintained{}, nil
}

func (m mortalStore) HoldPass(ctx context.Context, list reconcile.List, dryRun bool) (reconcile.Pass, error) {
	pass, err := m.Store.HoldPass(ctx, list, dryRun)
	if pass == nil || err != nil {
		return pass, err
	}
	return mortalPass{pass, m.life}, nil
}

type mortalPass struct {
	reconcile.Pass
	*life
}

func (m mortalPass) Page(ctx context.Context, p reconcile.Progress, entries []reconcile.Entry, next string, decide func(reconcile.Entry, reconcile.Known) reconcile.Verdict, now time.Time) (to reconcile.Progress, err error) {
	err = around(m.life, func() (err error) { to, err = m.Pass.Page(ctx, p, entries, next, decide, now); return err })
	return to, err
}

func (m mortalPass) Rest(ctx context.Context, p reconcile.Progress, decide func(reconcile.Known) reconcile.Verdict, now time.Time) (to reconcile.Progress, err error) {
	err = around(m.life, func() (err error) { to, err = m.Pass.Rest(ctx, p, decide, now); return err })
	return to, err
}

func (m mortalPass) Agree(ctx context.Context, p reconcile.Progress, now time.Time) (to reconcile.Progress, err error) {
	err = around(m.life, func() (err error) { to, err = m.Pass.Agree(ctx, p, now); return err })
	return to, err
}

// mortalAWS is AWS as a worker sees it who may die, and whom AWS throttles and whose answers get lost.
type mortalAWS struct {
	outbox.AWS
	*life
}

func (m mortalAWS) call(do func() error) error {
	switch m.fault() {
	case "throttled":
		return &types.ThrottlingException{}
	case "server error":
		return &types.InternalServerException{}
	case "answer lost":
		if m.step() {
			_ = do()
		}
		return context.DeadlineExceeded
	}
	return around(m.life, do)
}

func (m mortalAWS) SendText(ctx context.Context, t outbox.Text) (id string, err error) {
	err = m.call(func() (err error) { id, err = m.AWS.SendText(ctx, t); return err })
	return id, err
}

func (m mortalAWS) PutOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	return m.call(func() error { return m.AWS.PutOptedOut(ctx, list, contact) })
}

func (m mortalAWS) DeleteOptedOut(ctx context.Context, list string, contact sms.Phone) error {
	return m.call(func() error { return m.AWS.DeleteOptedOut(ctx, list, contact) })
}

// mortalPages are AWS's pages for a worker that may die.
type mortalPages struct {
	reconcile.AWS
	*life
}

func (m mortalPages) OptedOut(ctx context.Context, list, token string) (page []reconcile.Entry, next string, err error) {
	err = around(m.life, func() (err error) { page, next, err = m.AWS.OptedOut(ctx, list, token); return err })
	return page, next, err
}

// killed says whether an error is no more than the end of a worker.
func killed(err error) bool { return err == nil || errors.Is(err, errKilled) }
