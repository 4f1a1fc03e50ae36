package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/store"
)

// stallCommit lets each transaction that writes an action which a condition on NEW is true of wait with its commit, until
// the test calls release.
func stallCommit(t testing.TB, s *store.Store, when string) (release func()) {
	t.Helper()
	return stallCommitOf(t, s, "outbox", when)
}

// stallCommitOf does so for the rows of a table.
func stallCommitOf(t testing.TB, s *store.Store, table, when string) (release func()) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.Pool().Exec(ctx, `CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF `+when+` THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER stall AFTER INSERT OR UPDATE ON heed.`+table+` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stall()`); err != nil {
		t.Fatal(err)
	}
	hold, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hold.Rollback(ctx) })
	if _, err := hold.Exec(ctx, `SELECT pg_advisory_xact_lock(1)`); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := hold.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// untilTwoWait returns when two statements of the test's database wait for a lock, or the second was done without.
func untilTwoWait(t testing.TB, s *store.Store, second <-chan struct{}) {
	t.Helper()
	const wait = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	for deadline := time.Now().Add(10 * time.Second); scan[int](t, s, wait) < 2; time.Sleep(5 * time.Millisecond) {
		select {
		case <-second:
			return
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for a lock")
		}
	}
}

// aside runs something beside the test.
func aside(do func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	return done
}

// A worker that settles the listing of a STOP while a START is being committed says nothing of the START's: that list has
// not followed yet.
func TestSettlingSaysNothingOfAStartMeanwhile(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	live, dying := texts(s, aws, now.now), texts(s, aws, now.now)
	dying.Executor = dead{}
	say(t, dying, spoken{"1", ann, acme, "STOP", now.now()})
	now.advance(time.Second)
	release := stallCommit(t, s, `NEW.chain LIKE '%/2/sms'`)
	start := aside(func() { say(t, dying, spoken{"2", ann, acme, "START", now.now()}) })
	untilSomebodyWaits(t, s)
	settle := aside(func() { relay(t, s, live) })
	untilTwoWait(t, s, settle)
	// The START's own action finds a list that heed may not write to.
	aws.mu.Lock()
	aws.fail = func(string, string) error { return &types.AccessDeniedException{} }
	aws.mu.Unlock()
	release()
	<-start
	<-settle
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_in,pending)" || len(aws.lists()) != 1 {
		t.Errorf("register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
	}
}

// A pass that says who agrees says nothing of who is being written to at that moment: what they said is not carried out
// yet, whether it changes what the register says or not.
func TestAgreeingSaysNothingOfATextMeanwhile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said string
		at   time.Time
		want string
	}{
		{"START", noon(), "(opted_in,pending)"},
		{"STOP", noon().Add(-72 * time.Hour), "(opted_out,pending)"}, // it comes late
	} {
		t.Run(c.said, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			who := pending(t, s, "alerts", 1, noon().Add(-48*time.Hour))[0]
			pass, progress := comparedPass(t, s, reconcile.List{Name: "alerts", Keepers: []string{"alerts"}}, noon())
			h := texts(s, strictAWS(t, rulesYAML), noon)
			h.Executor = dead{}
			release := stallCommit(t, s, `NEW.kind = 'sync_optout'`)
			texted := aside(func() { say(t, h, spoken{"1", string(who), acme, c.said, c.at}) })
			untilSomebodyWaits(t, s)
			agreed := aside(func() { agreeAll(t, pass, progress, noon()) })
			untilTwoWait(t, s, agreed)
			release()
			<-texted
			<-agreed
			if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != c.want {
				t.Errorf("register %s, want %s\n%s", got, c.want, dump(t, s, `SELECT chain, kind, state FROM heed.outbox`))
			}
		})
	}
}

// Two workers that settle two lists of one STOP at once: one of them is the last, and says so.
func TestTheLastOfTwoWorkersSaysInSync(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, senderYAML)
	h := texts(s, strictAWS(t, senderYAML), noon)
	h.Executor = dead{}
	say(t, h, spoken{"1", ann, acme, "STOP", noon()})
	if _, err := s.Pool().Exec(ctx, `DELETE FROM heed.outbox WHERE kind = 'reply'; UPDATE heed.outbox SET not_before = $1 WHERE opt_out_list = 'lb'`, pgx.QueryExecModeSimpleProtocol, noon().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	claim := func(at time.Time) []outbox.Outcome {
		actions, err := s.ClaimDue(ctx, 10, at, at.Add(time.Hour))
		if err != nil || len(actions) != 1 {
			t.Fatalf("claimed %v: %v", actions, err)
		}
		return []outbox.Outcome{{Action: actions[0], State: outbox.Done, Did: outbox.Listed}}
	}
	la, lb := claim(noon()), claim(noon().Add(time.Minute))
	release := stallCommit(t, s, `NEW.state = 'done' AND NEW.opt_out_list = 'la'`)
	settle := func(o []outbox.Outcome) func() {
		return func() {
			if err := s.Settle(ctx, o, noon().Add(2*time.Minute)); err != nil {
				t.Error(err)
			}
		}
	}
	first := aside(settle(la))
	untilSomebodyWaits(t, s)
	second := aside(settle(lb))
	untilTwoWait(t, s, second)
	release()
	<-first
	<-second
	if got := dump(t, s, `SELECT program, aws_state FROM heed.consent`); got != "(a,in_sync)" {
		t.Errorf("register %s\n%s", got, dump(t, s, `SELECT opt_out_list, state FROM heed.outbox`))
	}
}

// denied lets calls fail for want of a right for as long as on says so.
func denied(on *bool, calls ...string) func(call, what string) error {
	return func(call, _ string) error {
		for _, c := range calls {
			if *on && c == call {
				return &types.AccessDeniedException{}
			}
		}
		return nil
	}
}

// A removal that failed is to be tried again: the listing is still heed's own, and no evidence for another program that
// shares the list. Else the START would never be carried out.
func TestListingThatFailedToEndIsNoEvidence(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, sharedYAML)
	var now clock
	aws := strictAWS(t, sharedYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
	now.advance(time.Hour)
	no := true
	aws.fail = denied(&no, "delete")
	say(t, h, spoken{"2", ann, acme, "START", now.now()})
	now.advance(20 * time.Minute)
	say(t, h, spoken{"3", ann, shop, "HELP", now.now()})
	no = false
	for range 2 {
		now.advance(time.Hour)
		relay(t, s, h)
	}
	if got := dump(t, s, `SELECT program, state, aws_state FROM heed.consent`); got != "(a,opted_in,in_sync)" || len(aws.lists()) > 0 {
		t.Errorf("register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
	}
}

// An action that left a list alone did nothing for one that failed: that is tried again, and nothing is in step before.
func TestLeavingAListAloneIsNoSuccess(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
	now.advance(time.Hour)
	no := true
	aws.fail = denied(&no, "delete")
	say(t, h, spoken{"2", ann, acme, "STOP", now.now()}, spoken{"3", ann, acme, "START", now.now().Add(time.Second)})
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_in,pending)" {
		t.Errorf("register %s\n%s", got, story(t, s, aws))
	}
	no = false
	for range 2 {
		now.advance(time.Hour)
		relay(t, s, h)
	}
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_in,in_sync)" || len(aws.lists()) > 0 {
		t.Errorf("in the end: register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
	}
}

// A STOP whose listing failed is tried again within the hour, also where another action waits for the comparison or for the
// end of AWS's 30 days.
func TestFailedListingWaitsForNoOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, sharedYAML)
	var now clock
	aws := strictAWS(t, sharedYAML)
	h := texts(s, aws, now.now)
	if _, err := s.RecordConsent(t.Context(), []consent.Change{{
		Program: "b", Contact: ann, State: optout.OptedIn, SaidAt: now.now(), Source: "operator", Actor: "zoe", Lists: []string{"shared"},
	}}, now.now()); err != nil {
		t.Fatal(err)
	}
	relay(t, s, h)
	no := true
	aws.fail = denied(&no, "put")
	now.advance(time.Minute)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
	no = false
	now.advance(61 * time.Minute)
	relay(t, s, h)
	if diff := cmp.Diff([]string{"shared " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}

// A STOP that comes late, overtaken by the opt-in that an operator recorded, leaves the list alone: so nothing is in step
// before the comparison.
func TestOvertakenStopSaysNothingOfTheList(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
	late := spoken{"2", ann, acme, "STOP", now.now().Add(time.Minute)}
	now.advance(time.Hour)
	if _, err := s.RecordConsent(t.Context(), []consent.Change{{
		Program: "alerts", Contact: ann, State: optout.OptedIn, SaidAt: now.now(), Source: "operator", Actor: "zoe", Lists: []string{"alerts"},
	}}, now.now()); err != nil {
		t.Fatal(err)
	}
	relay(t, s, h)
	now.advance(time.Minute)
	say(t, h, late)
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_in,pending)" || len(aws.lists()) != 1 {
		t.Errorf("register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
	}
}

// Who said START twice while AWS had them locked is free when the first of the two is carried out.
func TestTwoLockedStartsEndWithTheFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	locked := true
	aws := &lockedList{world: &world{listed: map[string]bool{"alerts " + ann: true}}, locked: &locked}
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "START", c.now()})
	c.advance(10 * 24 * time.Hour)
	say(t, h, spoken{"2", ann, acme, "START", c.now()})
	locked = false
	c.advance(21 * 24 * time.Hour)
	relay(t, s, h)
	if got := dump(t, s, `SELECT state, aws_state, aws_locked_until FROM heed.consent`); got != "(opted_in,in_sync,)" || len(aws.listed) > 0 {
		t.Errorf("register %s, listed %v\n%s", got, aws.listed, dump(t, s, `SELECT chain, state, did, error, not_before FROM heed.outbox WHERE kind = 'sync_optout'`))
	}
}

// Silence that was taken back, and goes on, is told to AWS's list again.
func TestSilenceAfterAnUndoReachesTheList(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	for range 2 {
		now.advance(25 * time.Hour)
		if n := closeQuestions(t, s, now.now()); n != 1 {
			t.Fatalf("%d questions closed", n)
		}
		relay(t, s, h)
		if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_out,in_sync)" || len(aws.lists()) != 1 {
			t.Errorf("register %s, listed %q\n%s", got, aws.lists(), story(t, s, aws))
		}
		decideAs(t, s, "undo", now.now())
		relay(t, s, h)
		delete(aws.listed, "alerts "+ann) // as the comparison does
	}
}

// A refusal tells of one list. Under sender scope the others have to follow, and the register says so until they have.
func TestRefusalReachesTheSendersOtherLists(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, senderYAML)
	var now clock
	aws := strictAWS(t, senderYAML, "la "+ann) // by an operator
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "HELP", now.now()})
	if got := dump(t, s, `SELECT program, state, aws_state FROM heed.consent`); got != "(a,opted_out,pending)" {
		t.Errorf("register %s", got)
	}
	now.advance(time.Minute)
	relay(t, s, h)
	if got := dump(t, s, `SELECT program, state, aws_state FROM heed.consent`); got != "(a,opted_out,in_sync)" {
		t.Errorf("register %s", got)
	}
	if diff := cmp.Diff([]string{"la " + ann, "lb " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}
