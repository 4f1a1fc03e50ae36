package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
)

// A list that failed for a fault of the set-up is tried again until it succeeds: the success of another list of the
// same STOP does not stand in for it.
func TestFailedListIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, senderYAML)
	var c clock
	aws := strictAWS(t, senderYAML)
	denied := true
	aws.fail = func(call, list string) error {
		if denied && call == "put" && list == "lb" {
			return &types.AccessDeniedException{}
		}
		return nil
	}
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "STOP", c.now()})
	if got, want := dump(t, s, `SELECT program, aws_state FROM heed.consent`), "(a,pending)"; got != want {
		t.Errorf("while a list fails the register says %s, want %s", got, want)
	}
	denied = false
	for range 3 {
		c.advance(time.Hour)
		relay(t, s, h)
	}
	if diff := cmp.Diff([]string{"la " + ann, "lb " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
	if got, want := dump(t, s, `SELECT program, aws_state FROM heed.consent`), "(a,in_sync)"; got != want {
		t.Errorf("when all lists agree the register says %s, want %s", got, want)
	}
}

// A list that AWS locks for 30 days does not keep the person on the others, and the register says that one is locked.
func TestLockedListHoldsNoOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, senderYAML)
	var c clock
	aws := strictAWS(t, senderYAML)
	aws.fail = func(call, list string) error {
		if call == "delete" && list == "la" {
			return &types.ConflictException{Reason: types.ConflictExceptionReasonResourceDeletionNotAllowed}
		}
		return nil
	}
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "STOP", c.now()})
	c.advance(time.Minute)
	say(t, h, spoken{"2", ann, acme, "START", c.now()})
	for range 2 {
		c.advance(time.Hour)
		relay(t, s, h)
	}
	if diff := cmp.Diff([]string{"la " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
	if got, want := dump(t, s, `SELECT program, state, aws_state FROM heed.consent`), "(a,opted_in,locked)"; got != want {
		t.Errorf("register %s, want %s", got, want)
	}
}

// Whatever becomes of a program in heed.yaml while a STOP's listing waits, nobody is taken off the list.
func TestEditedFileSetsNobodyFree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, from, to string }{
		{"the program is renamed", "  alerts:\n", "  warnings:\n"},
		{"it keeps another list", "optOutList: alerts", "optOutList: warnings"},
		{"it keeps none", "    optOutList: alerts\n", ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			var now clock
			aws := strictAWS(t, rulesYAML, "alerts "+ann) // she stopped once before
			throttled := true
			aws.fail = func(call, _ string) error {
				if throttled && call == "put" {
					return &types.ThrottlingException{}
				}
				return nil
			}
			h := texts(s, aws, now.now)
			say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
			throttled = false
			edited := strings.Replace(rulesYAML, c.from, c.to, 1)
			if edited == rulesYAML {
				t.Fatal("the file was not edited")
			}
			apply(t, s, edited)
			now.advance(time.Minute)
			relay(t, s, h)
			if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
				t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
			}
			if got := dump(t, s, `SELECT kind, opt_out_list, state FROM heed.outbox WHERE kind = 'sync_optout'`); got != "(sync_optout,alerts,done)" {
				t.Errorf("the listing was not carried out: %s", got)
			}
		})
	}
}

// A claim that waits for its rows while a STOP is recorded, listed and settled goes by the STOP, not by what the
// register said when the claim began: register and list agree in the end, and nobody is welcomed.
func TestClaimReadsConsentAfterItsLocks(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, rulesYAML)
	var c clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, c.now)
	h.Executor = dead{}
	say(t, h, spoken{"1", ann, acme, "START", c.now()})
	c.advance(time.Second)
	// The claim of that START stops where it writes, for as long as the test holds the lock.
	if _, err := s.Pool().Exec(ctx, `CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF NEW.state = 'claimed' AND NEW.chain LIKE '%/1/sms' THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END $$;
		CREATE TRIGGER stall BEFORE UPDATE ON heed.outbox FOR EACH ROW EXECUTE FUNCTION stall()`); err != nil {
		t.Fatal(err)
	}
	hold, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback(ctx) }()
	if _, err := hold.Exec(ctx, `SELECT pg_advisory_xact_lock(1)`); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	live := texts(s, aws, c.now)
	go func() {
		defer close(done)
		relay(t, s, live)
	}()
	untilSomebodyWaits(t, s)
	say(t, texts(s, aws, c.now), spoken{"2", ann, acme, "STOP", c.now()})
	if err := hold.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	<-done
	for range 2 {
		c.advance(2 * time.Hour)
		relay(t, s, live)
	}
	if diff := cmp.Diff([]string{confirmation}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
	if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}

// An action that a STOP planned and that comes late finds an opt-in which somebody recorded meanwhile: that is no reason
// to take the person off a list without a look at the entry.
func TestLateActionOfAStopFreesNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML, "alerts "+ann)
	throttled := true
	aws.fail = func(call, _ string) error {
		if throttled && call == "put" {
			return &types.ThrottlingException{}
		}
		return nil
	}
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
	throttled = false
	now.advance(time.Minute)
	if _, err := s.RecordConsent(t.Context(), []consent.Change{{
		Program: "alerts", Contact: ann, State: optout.OptedIn, SaidAt: now.now(), Source: "operator", Lists: []string{"alerts"},
	}}, now.now()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		now.advance(time.Minute)
		relay(t, s, h)
	}
	if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}
