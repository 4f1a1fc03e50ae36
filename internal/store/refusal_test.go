package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/reconcile"
)

// What heed listed itself is no evidence: a send that AWS refuses because of a STOP to another program opts nobody
// out, and the person's START sets them free.
func TestOwnListingIsNoEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, doc, word string }{
		{"sender scope, HELP", senderYAML, "HELP"},
		{"sender scope, a keyword", senderYAML, "HOURS"},
		{"a shared list, HELP", sharedYAML, "HELP"},
		{"a shared list, a keyword", sharedYAML, "HOURS"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, c.doc)
			var now clock
			aws := strictAWS(t, c.doc)
			h := texts(s, aws, now.now)
			for i, x := range []spoken{
				{"1", ann, acme, "STOP", now.now()},
				{"2", ann, shop, c.word, now.now().Add(1 * time.Minute)},
				{"3", ann, acme, "START", now.now().Add(2 * time.Minute)},
				{"4", ann, acme, "HOURS", now.now().Add(3 * time.Minute)},
			} {
				if i > 0 {
					now.advance(time.Minute)
				}
				say(t, h, x)
				relay(t, s, h)
			}
			if got, want := dump(t, s, `SELECT allowed, reason FROM heed.can_send('`+ann+`', 'a')`), "(t,opted_in)"; got != want {
				t.Errorf("can_send says %s, want %s", got, want)
			}
			if got := dump(t, s, `SELECT program, state FROM heed.consent_event WHERE source = 'send_refused'`); got != "" {
				t.Errorf("taken for evidence: %s", got)
			}
			if diff := cmp.Diff([]string{confirmation, welcome, "9 to 5"}, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if t.Failed() {
				t.Log(story(t, s, aws))
			}
		})
	}
}

// A refused answer is evidence as of the text that it answered: a START said after that text outweighs it, whichever
// of the two is delivered first.
func TestRefusalIsAsOldAsItsText(t *testing.T) {
	t.Parallel()
	hours := spoken{"1", ann, acme, "HOURS", noon()}
	start := spoken{"2", ann, acme, "START", noon().Add(time.Second)}
	for _, c := range []struct {
		sentence string
		order    []spoken
	}{
		{"START comes last", []spoken{hours, start}},
		{"START comes first", []spoken{start, hours}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			var now clock
			aws := strictAWS(t, rulesYAML, "alerts "+ann) // listed by an operator: the register knows nothing of it
			h := texts(s, aws, now.now)
			now.advance(3 * time.Second)
			for _, x := range c.order {
				say(t, h, x)
			}
			if got, want := dump(t, s, `SELECT state, since FROM heed.consent`), `(opted_in,"2026-11-20 12:00:01+00")`; got != want {
				t.Errorf("consent %s, want %s\n%s", got, want, story(t, s, aws))
			}
			if listed := aws.lists(); len(listed) != 0 {
				t.Errorf("still listed: %q\n%s", listed, story(t, s, aws))
			}
		})
	}
}

// A refused answer to a text said after the START is evidence: somebody else listed the person meanwhile.
func TestRefusalAfterStartCounts(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "START", c.now()})
	aws.listed["alerts "+ann] = true // by an operator, after her START
	c.advance(reconcile.Settling + time.Second)
	say(t, h, spoken{"2", ann, acme, "HOURS", c.now()})
	if got, want := dump(t, s, `SELECT allowed, reason FROM heed.can_send('`+ann+`', 'alerts')`), "(f,opted_out)"; got != want {
		t.Errorf("can_send says %s, want %s\n%s", got, want, story(t, s, aws))
	}
	if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
}

// A listing of heed's own that is to end is no evidence either, whichever program it is to end for: AWS refuses the answer
// to HELP while the START, to another program, has not reached the list.
func TestListingThatIsToEndIsNoEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, doc string
		lists         []string
	}{
		{"sender scope", senderYAML, []string{"la", "lb"}},
		{"a shared list", sharedYAML, []string{"shared"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, c.doc)
			var now clock
			aws := strictAWS(t, c.doc)
			h := texts(s, aws, now.now)
			say(t, h, spoken{"1", ann, acme, "STOP", now.now()})
			now.advance(time.Hour)
			if _, err := s.RecordConsent(t.Context(), []consent.Change{{
				Program: "a", Contact: ann, State: optout.OptedIn, SaidAt: now.now(), Source: "operator", Actor: "zoe", Lists: c.lists,
			}}, now.now()); err != nil {
				t.Fatal(err)
			}
			now.advance(time.Second)
			say(t, h, spoken{"2", ann, shop, "HELP", now.now()}) // before the relay comes by
			now.advance(time.Minute)
			relay(t, s, h)
			if got := dump(t, s, `SELECT program, state FROM heed.consent`); got != "(a,opted_in)" {
				t.Errorf("consent %s, want (a,opted_in)\n%s", got, story(t, s, aws))
			}
		})
	}
}

// Nor is a listing that ended between AWS's refusal and the moment in which the worker writes it down: another worker
// carried out the START meanwhile. The person is back, and stays so.
func TestListingThatEndedMeanwhileIsNoEvidence(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	other := texts(s, aws, now.now)
	say(t, other, spoken{"1", ann, acme, "STOP", now.now()})
	now.advance(time.Minute)
	dying := texts(s, aws, now.now)
	dying.Executor = dead{}
	say(t, dying, spoken{"2", ann, acme, "START", now.now()})
	now.advance(time.Second)
	refused := false
	slow := texts(s, afterRefusal{aws, func() {
		refused = true
		now.advance(time.Second)
		relay(t, s, other)
	}}, now.now)
	say(t, slow, spoken{"3", ann, acme, "HELP", now.now()})
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); !refused || got != "(opted_in,in_sync)" || len(aws.lists()) > 0 {
		t.Errorf("refused %t, consent %s, listed %q\n%s", refused, got, aws.lists(), story(t, s, aws))
	}
}

// afterRefusal does something between AWS's refusal of a text and the moment in which the worker hears of it.
type afterRefusal struct {
	*strict
	do func()
}

func (w afterRefusal) SendText(ctx context.Context, t outbox.Text) (string, error) {
	id, err := w.strict.SendText(ctx, t)
	if err != nil {
		w.do()
	}
	return id, err
}
