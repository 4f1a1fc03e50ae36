package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/store"
)

const unclearYAML = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100"]
    unclear: ask
    doubleOptIn: {within: 1h}
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in}
    unmatched: {reply: "Sorry?", every: 24h}
`

const (
	askedIfStop = "Acme: Do you want to stop our messages? Reply STOP to end them or START to keep them."
	askedIfJoin = "Acme: Reply YES to get our messages. Msg & data rates may apply. Reply HELP for help, STOP to end."
	welcomed    = "Acme: You are opted in. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end."
)

func consentOf(t testing.TB, s *store.Store) string {
	t.Helper()
	return scan[string](t, s, `SELECT coalesce((SELECT state FROM heed.consent WHERE contact = $1), 'unknown') || ': ' || reason
		FROM heed.can_send($1, 'alerts')`, ann)
}

// close does what the relay does with questions, waiting a day for an answer.
func closeQuestions(t testing.TB, s *store.Store, now time.Time) int {
	t.Helper()
	n, err := s.CloseQuestions(context.Background(), now, now.Add(-24*time.Hour), map[string][]string{"alerts": {"alerts"}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Silence after a decision that was taken back is a decision about the same text: register and ledger agree.
func TestSilenceAfterAnUndo(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	h := texts(s, strictAWS(t, unclearYAML), now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	for range 2 {
		now.advance(25 * time.Hour)
		if n := closeQuestions(t, s, now.now()); n != 1 {
			t.Fatalf("%d questions closed", n)
		}
		if got, differs := consentOf(t, s), drift(t, s); got != "opted_out: opted_out" || differs != "" {
			t.Errorf("after silence %s; drift: %s", got, differs)
		}
		decideAs(t, s, "undo", now.now())
		if got, differs := consentOf(t, s), drift(t, s); got != "held: held" || differs != "" {
			t.Errorf("after the undo %s; drift: %s", got, differs)
		}
	}
}

// A question about words that turned out to be no request is no question about what is held later.
func TestADecidedQuestionIsNotAskedAgainByAnotherHold(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	h := texts(s, strictAWS(t, unclearYAML), now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	decideAs(t, s, "none", now.now())
	now.advance(240 * time.Hour)
	hold := []consent.Change{{Program: "alerts", Contact: ann, State: optout.Held, SaidAt: now.now(), Source: "operator", Actor: "zoe"}}
	if _, err := s.RecordConsent(context.Background(), hold, now.now()); err != nil {
		t.Fatal(err)
	}
	now.advance(25 * time.Hour)
	if n, got := closeQuestions(t, s, now.now()), consentOf(t, s); n != 0 || got != "held: held" {
		t.Errorf("%d questions closed, and they are %s: nobody asked them about it", n, got)
	}
}

// Words that may be a request hold the person and ask once; then they answer, or silence answers for them.
func TestUnclear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		answer   []string // texts after "this is harassment", an hour apart
		consent  string   // a day after the last
		sent     []string
		listed   bool
	}{
		{"silence means stop, and the list follows", nil, "opted_out: opted_out", []string{askedIfStop}, true},
		{"STOP", []string{"stop"}, "opted_out: opted_out", []string{askedIfStop, confirmation}, true},
		{"START ends the hold", []string{"start"}, "opted_in: opted_in", []string{askedIfStop, welcomed}, false},
		{"a second unclear text asks no second time", []string{"not interested"}, "opted_out: opted_out", []string{askedIfStop}, true},
		{"a yes is no answer to it", []string{"yes"}, "opted_out: opted_out", []string{askedIfStop}, true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, unclearYAML)
			var now clock
			aws := strictAWS(t, unclearYAML)
			h := texts(s, aws, now.now)
			say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
			if got := consentOf(t, s); got != "held: held" {
				t.Fatalf("then %s", got)
			}
			if got := scan[string](t, s, `SELECT source || ' ' || verdict || ' ' || reason FROM heed.consent_event e JOIN heed.inbound i USING (inbound_message_id)`); got != "natural_language unclear complaint" {
				t.Errorf("recorded as %s", got)
			}
			for i, text := range c.answer {
				now.advance(time.Hour)
				say(t, h, spoken{string(rune('2' + i)), ann, acme, text, now.now()})
			}
			if n := closeQuestions(t, s, now.now()); n != 0 {
				t.Errorf("%d questions closed at once", n)
			}
			now.advance(25 * time.Hour)
			closeQuestions(t, s, now.now())
			closeQuestions(t, s, now.now())
			relay(t, s, h)
			if got := consentOf(t, s); got != c.consent {
				t.Errorf("a day later %s, want %s\n%s", got, c.consent, story(t, s, aws))
			}
			if diff := cmp.Diff(c.sent, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if aws.listed["alerts "+ann] != c.listed {
				t.Errorf("listed: %v\n%s", aws.listed, story(t, s, aws))
			}
		})
	}
}

// Who was held but never asked stays held: nobody's silence is an answer to a question that did not go out.
func TestNobodyAskedIsSilent(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, withoutAsking(unclearYAML))
	var now clock
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	now.advance(48 * time.Hour)
	if n := closeQuestions(t, s, now.now()); n != 0 || consentOf(t, s) != "held: held" || len(aws.sent()) != 0 {
		t.Errorf("%d closed, %s, sent %v", n, consentOf(t, s), aws.sent())
	}
}

// What was overruled by a START decides again when that START turns out to have come before: the register names the
// event that holds, not the one before it.
func TestHeldNamesItsEvent(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, noon)
	at := noon().Add(-time.Hour)
	say(t, h, spoken{"1", ann, acme, "stop", at})
	say(t, h, spoken{"2", ann, acme, "this is harassment", at.Add(2 * time.Minute)})
	say(t, h, spoken{"3", ann, acme, "start", at.Add(time.Minute)})
	if got := scan[string](t, s, `SELECT c.state || ' by ' || e.state FROM heed.consent c JOIN heed.consent_event e ON e.id = c.event_id`); got != "held by held" {
		t.Errorf("%s\n%s", got, story(t, s, aws))
	}
	if got := scan[int](t, s, `SELECT count(*) FROM heed.consent WHERE aws_state = 'pending'`); got > 1 {
		t.Errorf("%d pending", got)
	}
}

// A keyword that opts in is asked back, and a plain yes in time is the answer. A yes means nothing otherwise.
func TestDoubleOptIn(t *testing.T) {
	t.Parallel()
	type text struct {
		after time.Duration // the one before
		body  string
	}
	for _, c := range []struct {
		sentence string
		texts    []text
		consent  string
		sent     []string
	}{
		{"a yes in time", []text{{0, "JOIN"}, {time.Minute, "Yes!"}}, "opted_in: opted_in", []string{askedIfJoin, welcomed}},
		{"no answer", []text{{0, "JOIN"}}, "unknown: no_record", []string{askedIfJoin}},
		{"a yes too late", []text{{0, "JOIN"}, {2 * time.Hour, "yes"}}, "unknown: no_record", []string{askedIfJoin}},
		{"a yes to nothing", []text{{0, "yes"}}, "unknown: no_record", nil},
		{"a STOP in between", []text{{0, "JOIN"}, {time.Minute, "STOP"}, {time.Minute, "yes"}}, "opted_out: opted_out", []string{askedIfJoin, confirmation}},
		{"a second yes is an everyday word again", []text{{0, "JOIN"}, {time.Minute, "yes"}, {time.Minute, "yes"}}, "opted_in: opted_in", []string{askedIfJoin, welcomed}},
		{"START opts in at once", []text{{0, "START"}}, "opted_in: opted_in", []string{welcomed}},
		{"who said STOP before is not asked and not opted in by a yes", []text{{0, "STOP"}, {time.Minute, "JOIN"}, {time.Minute, "yes"}}, "opted_out: opted_out", []string{confirmation}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			for _, together := range []bool{false, true} {
				s := open(t)
				apply(t, s, unclearYAML)
				var now clock
				aws := strictAWS(t, unclearYAML)
				h := texts(s, aws, now.now)
				var all []spoken
				for i, x := range c.texts {
					now.advance(x.after)
					all = append(all, spoken{string(rune('1' + i)), ann, acme, x.body, now.now()})
					if !together {
						say(t, h, all[i])
					}
				}
				say(t, h, all...) // all of them, or all of them again
				want := c.consent
				if together && strings.HasPrefix(want, "opted_in") && c.texts[0].body == "JOIN" {
					want = "unknown: no_record" // who had not been asked yet cannot have answered
				}
				if got := consentOf(t, s); got != want {
					t.Errorf("together %v: %s, want %s\n%s", together, got, want, story(t, s, aws))
				}
				if together {
					continue // replies are the same, but for what expires meanwhile
				}
				if diff := cmp.Diff(c.sent, aws.sent()); diff != "" {
					t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
				}
			}
		})
	}
}

// A yes counts from the text that caused the question, so a STOP or an unclear text in between outweighs it in whatever
// order they arrive; and it answers only what was asked.
func TestYesIsOutweighed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		texts    []spoken // in the order of arrival, minutes of speaking as ids
		failed   bool     // the question cannot be sent
		consent  string
		sent     int
	}{
		{"a STOP said before the yes and arriving after it", []spoken{{id: "0", body: "JOIN"}, {id: "2", body: "yes"}, {id: "1", body: "STOP"}}, false, "opted_out: opted_out", 3},
		{"a yes to the clarifying question", []spoken{{id: "0", body: "JOIN"}, {id: "1", body: "this is harassment"}, {id: "2", body: "yes"}}, false, "held: held", 2},
		{"an unclear text said before the yes and arriving after it", []spoken{{id: "0", body: "JOIN"}, {id: "2", body: "yes"}, {id: "1", body: "this is harassment"}}, false, "held: held", 3},
		{"a question that never went out", []spoken{{id: "0", body: "JOIN"}, {id: "1", body: "yes"}}, true, "unknown: no_record", 0},
		{"an unclear text overtaken by a START is not asked about", []spoken{{id: "1", body: "START"}, {id: "0", body: "this is harassment"}}, false, "opted_in: opted_in", 1},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, unclearYAML)
			var now clock
			now.advance(3 * time.Minute)
			aws := strictAWS(t, unclearYAML)
			if c.failed {
				aws.fail = func(string, string) error { return &smithy.GenericAPIError{Code: "ValidationException", Message: "no"} }
			}
			h := texts(s, aws, now.now)
			for _, x := range c.texts {
				x.from, x.to, x.at = ann, acme, noon().Add(time.Duration(x.id[0]-'0')*time.Minute)
				say(t, h, x)
			}
			if got := consentOf(t, s); got != c.consent || len(aws.sent()) != c.sent {
				t.Errorf("%s with %d texts sent, want %s with %d\n%s", got, len(aws.sent()), c.consent, c.sent, story(t, s, aws))
			}
		})
	}
}

// An opt-in answers a question: what is unclear later is asked about again, and silence counts from then.
func TestAnsweredQuestionIsNotSilence(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	now.advance(time.Minute)
	say(t, h, spoken{"2", ann, acme, "start", now.now()})
	now.advance(120 * time.Hour)
	say(t, h, spoken{"3", ann, acme, "not interested", now.now()})
	if diff := cmp.Diff([]string{askedIfStop, welcomed, askedIfStop}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	now.advance(time.Hour)
	if n := closeQuestions(t, s, now.now()); n != 0 {
		t.Errorf("%d closed within the hour", n)
	}
	now.advance(25 * time.Hour)
	if n := closeQuestions(t, s, now.now()); n != 1 {
		t.Errorf("%d closed a day later", n)
	}
}

func withoutAsking(doc string) string {
	return strings.Replace(doc, "unclear: ask", "unclear: hold", 1)
}
