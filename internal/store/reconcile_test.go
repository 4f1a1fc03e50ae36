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
	for err == nil && !progress.Compared {
		progress, err = pass.Rest(ctx, progress, func(reconcile.Known) reconcile.Verdict {
			return reconcile.Verdict{Decision: reconcile.Missing, Sync: "alerts"}
		}, now)
	}
	for err == nil && !progress.Finished() {
		progress, err = pass.Agree(ctx, progress, now)
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

// comparedPass is a pass over a list that has found everybody where they belong, and has yet to say so.
func comparedPass(t *testing.T, s *store.Store, list reconcile.List, now time.Time) (reconcile.Pass, reconcile.Progress) {
	t.Helper()
	ctx := context.Background()
	pass, err := s.HoldPass(ctx, list, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pass.Release)
	progress, err := pass.Begin(ctx, now)
	if err == nil {
		progress, err = pass.Page(ctx, progress, nil, "", nil, now)
	}
	for err == nil && !progress.Compared {
		progress, err = pass.Rest(ctx, progress, func(reconcile.Known) reconcile.Verdict { return reconcile.Verdict{Decision: reconcile.Agreed} }, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	return pass, progress
}

// agreeAll ends a pass that has compared everybody.
func agreeAll(t *testing.T, pass reconcile.Pass, progress reconcile.Progress, now time.Time) {
	t.Helper()
	for !progress.Finished() {
		var err error
		if progress, err = pass.Agree(context.Background(), progress, now); err != nil {
			t.Error(err)
			return
		}
	}
}

// pending lets so many people stand as opted out and pending, as an import without calls leaves them.
func pending(t *testing.T, s *store.Store, program string, n int, at time.Time) []sms.Phone {
	t.Helper()
	people := make([]sms.Phone, n)
	changes := make([]consent.Change, n)
	for i := range n {
		people[i] = sms.Phone(fmt.Sprintf("+1425555%04d", i))
		changes[i] = consent.Change{Program: program, Contact: people[i], State: "opted_out", SaidAt: at, Source: "operator", Actor: "test"}
	}
	_, err := s.RecordConsent(context.Background(), changes, at)
	if err == nil {
		_, err = s.Pool().Exec(context.Background(), `UPDATE heed.consent SET aws_state = 'pending'`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// A pass that says of thousands that they agree does so a slice at a time: nobody's text waits for all of them.
func TestAgreeingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	people := pending(t, s, "alerts", 2100, noon().Add(-48*time.Hour))
	pass, progress := comparedPass(t, s, reconcile.List{Name: "alerts", Keepers: []string{"alerts"}}, noon())
	release := stallCommitOf(t, s, "consent", fmt.Sprintf(`NEW.contact = '%s'`, people[len(people)-1]))
	agreed := aside(func() { agreeAll(t, pass, progress, noon()) })
	untilSomebodyWaits(t, s)
	h := texts(s, strictAWS(t, rulesYAML), noon)
	h.Executor = dead{}
	texted := aside(func() { say(t, h, spoken{"1", string(people[0]), acme, "STOP", noon()}) })
	select {
	case <-texted:
	case <-time.After(5 * time.Second):
		t.Error("the text of the first waits for the last")
	}
	release()
	<-agreed
	<-texted
	if got := dump(t, s, `SELECT aws_state, count(*) FROM heed.consent GROUP BY 1`); got != "(in_sync,2099)\n(pending,1)" {
		t.Errorf("register %s", got)
	}
}

// Two workers that say at once who agrees, each for its list, wait for each other no more than one: under sender scope
// everybody was compared with both.
func TestListsOfASenderAgreeAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, senderYAML)
	pending(t, s, "a", 2, noon().Add(-48*time.Hour))
	la, there := comparedPass(t, s, reconcile.List{Name: "la", Keepers: []string{"a"}, Sender: true}, noon())
	lb, here := comparedPass(t, s, reconcile.List{Name: "lb", Keepers: []string{"b"}, Sender: true}, noon())
	agreeAll(t, lb, here, noon())
	if got := dump(t, s, `SELECT aws_state, count(*) FROM heed.consent GROUP BY 1`); got != "(in_sync,2)" {
		t.Errorf("register %s", got)
	}
	agreeAll(t, la, there, noon())
}

// That a pass has compared everybody does not stand for the next one, also where a function that does not know the column
// begins it, as in the middle of an upgrade.
func TestComparedIsOfOnePass(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	pass, progress := comparedPass(t, s, reconcile.List{Name: "alerts", Keepers: []string{"alerts"}}, noon())
	if again, _, err := pass.Progress(ctx); err != nil || !again.Compared {
		t.Errorf("%+v: %v", again, err)
	}
	if _, err := s.Pool().Exec(ctx, `UPDATE heed.reconcile SET started_at = $1, finished_at = NULL, next_token = NULL, after = NULL, pages = 0, numbers = 0, counts = '{}'`, noon().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, _, err := pass.Progress(ctx); err != nil || again.Compared || again.Read {
		t.Errorf("%+v: %v", again, err)
	}
	if _, err := pass.Agree(ctx, progress, noon()); err == nil {
		t.Error("the pass of before was moved")
	}
}
