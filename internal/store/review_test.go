package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/store"
)

// decideAs takes a decision on the only text of the queue, or on the one that was decided before.
func decideAs(t testing.TB, s *store.Store, as string, now time.Time) bool {
	t.Helper()
	id := scan[int64](t, s, `SELECT id FROM heed.consent_event WHERE state = 'held' AND of_event IS NULL ORDER BY id DESC LIMIT 1`)
	changed, err := s.Decide(context.Background(), consent.Decision{ID: id, As: as, Reason: "because", Actor: "zoe", Lists: []string{"alerts"}}, now)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// A decision completes or releases the hold, what the person says before and after counts as ever, and AWS's list
// follows: the relay puts them on it, and leaves taking them off to the comparison (internal/reconcile). Words with a capital are decisions, the others are texts, an hour apart.
func TestReview(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, story string
		consent         string
		listed          bool
	}{
		{"a request to stop", "harassment Opt_out", "opted_out: opted_out", true},
		{"none: as before they wrote", "harassment None", "unknown: no_record", false},
		{"none, and they had opted in before", "start harassment None", "opted_in: opted_in", false},
		{"none, and they had opted out before", "stop harassment None", "opted_out: opted_out", true},
		{"a request, and START since", "harassment start Opt_out", "opted_in: opted_in", false},
		{"none, and STOP since", "harassment stop None", "opted_out: opted_out", true},
		{"a request, then START", "harassment Opt_out start", "opted_in: opted_in", false},
		{"taken back: it holds again", "harassment Opt_out Undo", "held: held", true},
		{"none, taken back: it holds again", "harassment None Undo", "held: held", false},
		{"taken back and decided otherwise", "harassment Opt_out Undo None", "unknown: no_record", true},
		{"decided otherwise at once", "harassment Opt_out None", "unknown: no_record", true},
		{"a request after all", "harassment None Opt_out", "opted_out: opted_out", true},
		{"to and fro", "start harassment Opt_out Undo Opt_out", "opted_out: opted_out", true},
		{"taken back, and they had opted in before", "start harassment Opt_out None", "opted_in: opted_in", true},
		{"one of two unclear texts: the other still holds", "harassment harassment None", "held: held", false},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			doc := strings.Replace(unclearYAML, "unclear: ask", "unclear: hold", 1)
			apply(t, s, doc)
			var now clock
			aws := strictAWS(t, doc)
			h := texts(s, aws, now.now)
			for i, word := range strings.Fields(c.story) {
				if strings.ToLower(word) == word {
					if word == "harassment" {
						word = "this is harassment"
					}
					say(t, h, spoken{string(rune('a' + i)), ann, acme, word, now.now()})
				} else if !decideAs(t, s, strings.ToLower(word), now.now()) {
					t.Fatalf("%s changed nothing", word)
				}
				now.advance(time.Hour)
				relay(t, s, h)
			}
			if got := consentOf(t, s); got != c.consent {
				t.Errorf("consent %s, want %s\n%s", got, c.consent, story(t, s, aws))
			}
			if listed := slices.Contains(aws.lists(), "alerts "+ann); listed != c.listed {
				t.Errorf("on AWS's list: %v\n%s", listed, story(t, s, aws))
			}
			if got := drift(t, s); got != "" {
				t.Errorf("the register is not what the ledger comes to: %s", got)
			}
			if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', $2)`, ann, now.now()); !strings.HasSuffix(c.consent, ": "+got) {
				t.Errorf("as of now can_send_at says %s", got)
			}
			if faults, _ := verify(t, s); len(faults) > 0 {
				t.Errorf("faults in the ledger: %v", faults)
			}
		})
	}
}

// A decision that waited while the person was forgotten is about whoever stands for them now.
func TestDecisionWaitsForAnErasure(t *testing.T) {
	t.Parallel()
	s := open(t)
	doc := withoutAsking(unclearYAML)
	apply(t, s, doc)
	var now clock
	say(t, texts(s, strictAWS(t, doc), now.now), spoken{"1", zoe, acme, "this is harassment", now.now()})
	id := scan[int64](t, s, `SELECT id FROM heed.consent_event`)
	ctx := context.Background()
	tx := underWay(t, s, `SELECT pg_advisory_xact_lock(1751475556, hashtext($1) & 1023)`, zoe)
	done := make(chan error, 1)
	go func() {
		_, err := s.Decide(ctx, consent.Decision{ID: id, As: "opt_out", Reason: "because", Actor: "tess"}, now.now())
		done <- err
	}()
	untilSomebodyWaits(t, s)
	// What an erasure comes to, by whoever has the lock.
	if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"consent", "consent_event"} {
		if _, err := tx.Exec(ctx, `UPDATE heed.`+table+` SET contact = '#00'`); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := scan[string](t, s, `SELECT contact || ' ' || state FROM heed.consent`); got != "#00 opted_out" || drift(t, s) != "" {
		t.Errorf("the register says %s; drift: %s", got, drift(t, s))
	}
}

// drift is what differs between the register and the ledger.
func drift(t testing.TB, s *store.Store) string {
	t.Helper()
	var all []string
	if _, err := s.CompareRegister(context.Background(), func(d store.Drift) error {
		all = append(all, strings.Join([]string{d.Program, d.Contact, d.Kind, d.State, d.LedgerState}, " "))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// The queue holds what holds somebody, the longest waiting first, and what was decided with who decided and why. A
// decision that stands already is no second event, and what is no text of the queue is refused.
func TestReviewQueue(t *testing.T) {
	t.Parallel()
	s := open(t)
	doc := strings.Replace(unclearYAML, "unclear: ask", "unclear: hold", 1)
	apply(t, s, doc)
	var now clock
	h := texts(s, strictAWS(t, doc), now.now)
	say(t, h, spoken{"1", bob, acme, "not interested", now.now()}, spoken{"2", ann, acme, "this is harassment", now.now().Add(-time.Hour)},
		spoken{"3", "+14255550103", acme, "this is harassment", now.now()}, spoken{"4", "+14255550103", acme, "stop", now.now().Add(time.Second)})
	ctx := context.Background()
	queue := func(decided bool) (texts []string, ids []int64) {
		all, err := s.Questions(ctx, consent.Queue{Decided: decided, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range all {
			texts, ids = append(texts, q.Contact+" "+q.Text+" "+q.Decision+" "+q.Why), append(ids, q.ID)
		}
		return texts, ids
	}
	open, ids := queue(false)
	if diff := cmp.Diff([]string{ann + " this is harassment  ", "+" + bob + " not interested  "}, open); diff != "" {
		t.Fatalf("the queue (-want +got):\n%s", diff)
	}
	for i, changed := range []bool{true, false} {
		got, err := s.Decide(ctx, consent.Decision{ID: ids[0], As: "none", Reason: "about a neighbour", Actor: "zoe"}, now.now())
		if err != nil || got != changed {
			t.Errorf("decided for the %d. time: %v %v", i+1, got, err)
		}
	}
	if open, _ = queue(false); !cmp.Equal([]string{"+" + bob + " not interested  "}, open) {
		t.Errorf("then the queue is %q", open)
	}
	if done, _ := queue(true); !cmp.Equal([]string{ann + " this is harassment none about a neighbour"}, done) {
		t.Errorf("decided: %q", done)
	}
	stop := scan[int64](t, s, `SELECT id FROM heed.consent_event WHERE state = 'opted_out'`)
	for _, id := range []int64{0, stop, 1 << 60} {
		if _, err := s.Decide(ctx, consent.Decision{ID: id, As: "none", Reason: "x", Actor: "zoe"}, now.now()); !errors.Is(err, consent.ErrNoQuestion) {
			t.Errorf("event %d: %v", id, err)
		}
	}
}

// Silence is a decision like another: it can be taken back.
func TestSilenceCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	now.advance(25 * time.Hour)
	if closeQuestions(t, s, now.now()) != 1 {
		t.Fatal("silence closed nothing")
	}
	relay(t, s, h)
	if got := consentOf(t, s); got != "opted_out: opted_out" || !slices.Contains(aws.lists(), "alerts "+ann) {
		t.Fatalf("%s, listed %v", got, aws.lists())
	}
	if !decideAs(t, s, "none", now.now()) {
		t.Fatal("nothing changed")
	}
	now.advance(time.Minute)
	relay(t, s, h)
	if got := consentOf(t, s); got != "unknown: no_record" {
		t.Errorf("%s, listed %v\n%s", got, aws.lists(), story(t, s, aws))
	}
	if got := drift(t, s); got != "" {
		t.Error(got)
	}
}

// The queue is read a part at a time, each text once, also those of one moment, and whatever is decided meanwhile.
func TestReviewInParts(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	doc := strings.Replace(unclearYAML, "unclear: ask", "unclear: hold", 1)
	apply(t, s, doc)
	h := texts(s, strictAWS(t, doc), noon)
	for i := range 7 {
		say(t, h, spoken{string(rune('a' + i)), fmt.Sprintf("+1425555020%d", i), acme, "this is harassment", noon().Add(time.Duration(i/3-5) * time.Minute)})
	}
	parts := func(decided bool, between func(seen int)) (ids []int64) {
		asked := consent.Queue{Decided: decided, Limit: 2}
		for {
			part, err := s.Questions(ctx, asked)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range part {
				ids = append(ids, q.ID)
			}
			if len(part) < asked.Limit {
				return ids
			}
			asked.After = asked.Place(part[len(part)-1])
			between(len(ids))
		}
	}
	all := parts(false, func(int) {})
	if none, err := s.Questions(ctx, consent.Queue{After: math.MaxInt64, Limit: 2}); err != nil || len(none) > 0 {
		t.Errorf("behind a place that there is not: %v %v", none, err)
	}
	if want := slices.Sorted(slices.Values(all)); len(all) != 7 || !slices.Equal(all, want) {
		t.Errorf("open: %v", all)
	}
	decide := func(id int64, as string) {
		if _, err := s.Decide(ctx, consent.Decision{ID: id, As: as, Reason: "because", Actor: "zoe"}, noon().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := parts(false, func(seen int) { decide(all[seen-1], "none") }); !slices.Equal(got, all) {
		t.Errorf("open, while each last one is decided: %v, want %v", got, all)
	}
	decide(all[0], "none")
	decide(all[2], "none")
	if got := parts(true, func(seen int) {
		if seen == 2 {
			decide(all[0], "undo")
			decide(all[0], "opt_out") // it stands first now, and was seen
		}
	}); len(got) != 5 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 5 {
		t.Errorf("decided: %v", got)
	}
}
