package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/store"
)

const registerRows = `SELECT program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at, aws_state FROM heed.consent`

// Whatever happened to the register, the ledger brings it back; what AWS's list says is left alone.
func TestRegisterIsRebuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, statement, drift string }{
		{"a row is gone", `DELETE FROM heed.consent WHERE program = 'other'`, "other " + ann + " missing  opted_out"},
		{"somebody was set free", `UPDATE heed.consent SET state = 'opted_in' WHERE program = 'other'`, "other " + ann + " differs opted_in opted_out"},
		{"the time is another", `UPDATE heed.consent SET since = since + interval '1 day', opted_out_at = opted_out_at + interval '1 day' WHERE program = 'other'`, "other " + ann + " differs opted_out opted_out"},
		{"it names another event", `UPDATE heed.consent SET event_id = 1 WHERE program = 'other'`, "other " + ann + " differs opted_out opted_out"},
		{"it names none", `UPDATE heed.consent SET event_id = NULL WHERE program = 'other'`, "other " + ann + " differs opted_out opted_out"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := aLedger(t)
			ctx := context.Background()
			want := dump(t, s, registerRows)
			if got := drift(t, s); got != "" {
				t.Fatalf("before anything happened: %s", got)
			}
			if _, err := s.Pool().Exec(ctx, c.statement); err != nil {
				t.Fatal(err)
			}
			if got := drift(t, s); got != c.drift {
				t.Errorf("drift %q, want %q", got, c.drift)
			}
			changed, err := s.RebuildRegister(ctx, []string{ann})
			if err != nil || changed != 1 {
				t.Errorf("%d rows mended: %v", changed, err)
			}
			if diff := cmp.Diff(want, dump(t, s, registerRows)); diff != "" {
				t.Errorf("the register (-before +after):\n%s", diff)
			}
			if changed, err := s.RebuildRegister(ctx, []string{ann}); err != nil || changed != 0 {
				t.Errorf("the second time %d rows are mended: %v", changed, err)
			}
		})
	}
}

// A row that no event stands behind is told and stays: it may be an opt-out.
func TestUnfoundedRowStays(t *testing.T) {
	t.Parallel()
	s := aLedger(t)
	ctx := context.Background()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.consent (program, contact, state, since) VALUES ('third', $1, 'opted_out', now())`, ann); err != nil {
		t.Fatal(err)
	}
	if got, want := drift(t, s), "third "+ann+" unfounded opted_out "; got != want {
		t.Errorf("drift %q, want %q", got, want)
	}
	if _, err := s.RebuildRegister(ctx, []string{ann}); err != nil {
		t.Fatal(err)
	}
	if got := scan[string](t, s, `SELECT state FROM heed.consent WHERE program = 'third'`); got != "opted_out" {
		t.Errorf("it is %s", got)
	}
}

// Nor does an opt-out go that heed did not make because the person was held later and the hold is decided.
func TestUnfoundedOptOutOutlivesADecision(t *testing.T) {
	t.Parallel()
	s := open(t)
	doc := withoutAsking(unclearYAML)
	apply(t, s, doc)
	var now clock
	h := texts(s, strictAWS(t, doc), now.now)
	ctx := context.Background()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.consent (program, contact, state, since) VALUES ('alerts', $1, 'opted_out', $2)`, ann, noon().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	say(t, h, spoken{"1", ann, acme, "this is harassment", now.now()})
	rebuild := func() {
		if _, err := s.RebuildRegister(ctx, []string{ann}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		after, ledger string
		do            func()
	}{
		{"the text", "held", func() {}},
		{"a rebuild", "held", rebuild},
		{"the decision that it was no request", "", func() { decideAs(t, s, "none", now.now()) }},
		{"another rebuild", "", rebuild},
	} {
		c.do()
		if got := consentOf(t, s); got != "opted_out: opted_out" {
			t.Errorf("after %s: %s", c.after, got)
		}
		if got, want := drift(t, s), "alerts "+ann+" unfounded opted_out "+c.ledger; got != want {
			t.Errorf("after %s the drift is %q, want %q", c.after, got, want)
		}
	}
	decideAs(t, s, "opt_out", now.now())
	if got := drift(t, s); got != "" {
		t.Errorf("the ledger knows of an opt-out now, and the drift is %q", got)
	}
}

// Sender scope blocks who opted out of anything: the preview counts them by program, those who subscribe and those who
// said nothing about it.
func TestScopePreview(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.consent (program, contact, state, since)
		SELECT p, '+1425555010' || c, st, now() FROM (VALUES
			('a', 1, 'opted_out'), ('b', 1, 'opted_in'), ('a', 2, 'opted_out'), ('b', 2, 'held'), ('a', 3, 'opted_out'),
			('b', 4, 'opted_in'), ('a', 5, 'opted_out'), ('b', 5, 'opted_out'), ('c', 5, 'opted_in')) x (p, c, st)`); err != nil {
		t.Fatal(err)
	}
	reach, err := s.SenderReach(ctx, []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Reach{{Program: "b", Subscribers: 2, Others: 1}, {Program: "c", Subscribers: 1, Others: 3}}
	if diff := cmp.Diff(want, reach); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Each of them, and nobody else, is whom can_send refuses under the other scope.
	listed := map[string]bool{}
	if err := s.SenderBlocked(ctx, []string{"a", "b", "c"}, func(b store.Blocked) error { listed[b.Program+b.Contact] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.ruleset (document, sha256, settings) VALUES ('', '', '{"scope": "sender"}')`); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"a", "b", "c"} {
		for _, c := range []string{"1", "2", "3", "4", "5"} {
			contact := "+1425555010" + c
			refused := scan[string](t, s, `SELECT reason FROM heed.can_send($1, $2)`, contact, p) == "opted_out_elsewhere"
			if refused != listed[p+contact] {
				t.Errorf("%s %s: refused %v, listed %v", p, contact, refused, listed[p+contact])
			}
		}
	}
}
