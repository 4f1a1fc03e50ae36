package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
)

// Two programs keep one list, and a claim holds an action of each: the one that leaves the list alone does not stand in
// the way of the one that takes the person off it.
func TestListLeftAloneByOneProgram(t *testing.T) {
	t.Parallel()
	a := open(t, strings.Replace(threeLists, "optOutList: lb", "optOutList: la", 1), 0)
	for _, c := range []struct {
		program string
		state   optout.State
	}{{"a", optout.OptedOut}, {"b", optout.Held}, {"a", optout.OptedIn}} {
		if c.program == "b" { // the relay has listed them by now
			_, err := a.doer.RunDue(t.Context(), 10, a.rules)
			must(t, err)
		}
		a.advance(time.Minute)
		_, err := a.db.RecordConsent(t.Context(), []consent.Change{{
			Program: c.program, Contact: person(1, 1), State: c.state, SaidAt: a.now(), Source: "operator", Actor: "zoe", Lists: []string{"la"},
		}}, a.now())
		must(t, err)
	}
	if !a.double.OptedOut("la", person(1, 1)) {
		t.Fatal("not listed after the opt-out")
	}
	// As if they had texted it: without a text it would be the comparison that takes them off.
	_, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.outbox SET purpose = 'opt_in' WHERE state = 'planned'`)
	must(t, err)
	_, err = a.doer.RunDue(t.Context(), 10, a.rules)
	must(t, err)
	if a.double.OptedOut("la", person(1, 1)) {
		t.Error("opted in, and still on the list")
	}
}

// Who came back a moment ago stands on AWS's pages for a while. That is no evidence for another program that keeps the
// list: they would be put back on it, and their START would come to nothing.
func TestListingThatHasJustEndedIsNoEvidence(t *testing.T) {
	t.Parallel()
	a := open(t, strings.Replace(threeLists, "optOutList: lb", "optOutList: la", 1), 10*time.Minute)
	who := person(1, 1)
	a.list("la", who) // before there was heed
	a.say("a", optout.OptedOut, who)
	a.advance(48 * time.Hour)
	_, err := a.db.RecordConsent(t.Context(), []consent.Change{{
		Program: "a", Contact: who, State: optout.OptedIn, SaidAt: a.now(), Source: "operator", Actor: "zoe", Lists: []string{"la"},
	}}, a.now())
	must(t, err)
	_, err = a.db.Pool().Exec(t.Context(), `UPDATE heed.outbox SET purpose = 'opt_in' WHERE state = 'planned'`) // as if they had texted it
	must(t, err)
	_, err = a.doer.RunDue(t.Context(), 10, a.rules)
	must(t, err)
	a.advance(time.Minute)
	for range 2 {
		got := a.reconcile()["la"]
		if register := a.value(`SELECT string_agg(program || ' ' || state, ', ' ORDER BY program) FROM heed.consent`); register != "a opted_in" || a.double.OptedOut("la", who) {
			t.Errorf("%v: %s, listed %t", got, register, a.double.OptedOut("la", who))
		}
		a.advance(24 * time.Hour)
	}
}
