package store_test

import (
	"context"
	"fmt"
	neturl "net/url"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// planMany lets a pass over the list plan that so many numbers are put on it.
func planMany(t *testing.T, s *store.Store, n int, now time.Time) {
	t.Helper()
	ctx := context.Background()
	var changes []consent.Change
	for i := range n {
		changes = append(changes, consent.Change{
			Program: "alerts", Contact: sms.Phone(fmt.Sprintf("+1425666%04d", i)), State: "opted_out", SaidAt: now, Source: "operator", Actor: "test",
		})
	}
	if _, err := s.RecordConsent(ctx, changes, now); err != nil {
		t.Fatal(err)
	}
	pass, err := s.HoldPass(ctx, reconcile.List{Name: "alerts", Keepers: []string{"alerts"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Release()
	progress, err := pass.Begin(ctx, now)
	if err == nil {
		progress, err = pass.Page(ctx, progress, nil, "", nil, now)
	}
	for err == nil && !progress.Finished() {
		progress, err = pass.Rest(ctx, progress, func(reconcile.Known) reconcile.Verdict {
			return reconcile.Verdict{Decision: reconcile.Missing, Sync: "alerts"}
		}, now)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A person's STOP does not wait behind the thousands of numbers that a comparison has planned before it.
func TestReconcilingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	planMany(t, s, 450, c.now())
	if got := scan[int](t, s, `SELECT count(*)::int FROM heed.outbox WHERE state = 'planned'`); got != 450 {
		t.Fatalf("%d planned", got)
	}
	c.advance(time.Minute)
	h := texts(s, strictAWS(t, rulesYAML), c.now)
	h.Executor = dead{}
	say(t, h, spoken{"1", ann, acme, "STOP", c.now()})
	actions, err := s.ClaimDue(context.Background(), 2, c.now(), c.now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	replies := 0
	for _, a := range actions {
		if a.Contact == ann && a.Kind == outbox.Reply {
			replies++
		}
	}
	if len(actions) != 3 || replies != 1 {
		t.Errorf("claimed %d actions, %d of them the confirmation: %+v", len(actions), replies, actions)
	}
}

// A pass that another worker has moved meanwhile is not moved back, and what was decided on the stale page is not kept:
// behind a proxy that shares sessions the lock of a connection is no lock.
func TestStalePassIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	pass, err := s.HoldPass(ctx, reconcile.List{Name: "alerts", Keepers: []string{"alerts"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Release()
	stale, err := pass.Begin(ctx, noon())
	if err != nil {
		t.Fatal(err)
	}
	page := []reconcile.Entry{{Contact: ann, At: noon().Add(-time.Hour)}}
	record := func(e reconcile.Entry, _ reconcile.Known) reconcile.Verdict {
		return reconcile.Verdict{Decision: reconcile.Recorded, Record: []reconcile.OptOut{{Program: "alerts", SaidAt: e.At}}}
	}
	if _, err := pass.Page(ctx, stale, nil, "second", record, noon()); err != nil {
		t.Fatal(err)
	}
	if _, err := pass.Page(ctx, stale, page, "third", record, noon()); err == nil {
		t.Error("the stale page was taken")
	}
	if got := dump(t, s, `SELECT next_token, pages, (SELECT count(*) FROM heed.consent_event) FROM heed.reconcile`); got != "(second,1,0)" {
		t.Errorf("the pass is at %s", got)
	}
}

// The role of the Lambdas has the rights that a pass takes: to record, to plan, to keep its place and to end.
func TestPassAsWorker(t *testing.T) {
	t.Parallel()
	url := dbtest.New(t)
	u, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("role", "heed_worker")
	u.RawQuery = q.Encode()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: u.String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if got := scan[string](t, s, `SELECT current_user::text`); got != "heed_worker" {
		t.Fatalf("the role is %s", got)
	}
	planMany(t, s, 3, noon())
	pass, err := s.HoldPass(ctx, reconcile.List{Name: "other", Keepers: []string{"alerts"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Release()
	progress, err := pass.Begin(ctx, noon())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = pass.Page(ctx, progress, []reconcile.Entry{{Contact: ann, At: noon()}}, "", func(e reconcile.Entry, _ reconcile.Known) reconcile.Verdict {
		return reconcile.Verdict{Decision: reconcile.Recorded, Record: []reconcile.OptOut{{Program: "alerts", SaidAt: e.At}}}
	}, noon()); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, s, `SELECT source, evidence ->> 'list' FROM heed.consent_event WHERE source = 'aws'`); got != "(aws,other)" {
		t.Errorf("recorded: %s", got)
	}
}
