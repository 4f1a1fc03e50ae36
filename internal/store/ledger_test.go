package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/store"
)

// verify walks the ledger and gives the faults found, each with its place, and the heads.
func verify(t testing.TB, s *store.Store, noted ...ledger.Head) (faults []string, heads []ledger.Head) {
	t.Helper()
	var walk *ledger.Verifier
	take := func(found []ledger.Finding) {
		for _, f := range found {
			faults = append(faults, f.Program+" "+string(f.Fault))
		}
	}
	err := s.WalkLedger(context.Background(), "", func(kept []ledger.Head) {
		heads = kept
		walk = ledger.NewVerifier(kept, noted)
	}, func(l *ledger.Link) error { take(walk.Walk(l)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	take(walk.Close())
	return faults, heads
}

// asSuperuser changes what no trigger and no right protects any more.
func asSuperuser(t testing.TB, s *store.Store, statements ...string) {
	t.Helper()
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, s.Pool(), func(tx pgx.Tx) error {
		for _, statement := range append([]string{`SET LOCAL session_replication_role = replica`}, statements...) {
			if _, err := tx.Exec(ctx, statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// aLedger is a ledger of two chains: five events of alerts by texts, one of other by an operator.
func aLedger(t testing.TB) *store.Store {
	t.Helper()
	s := open(t)
	apply(t, s, unclearYAML)
	var now clock
	h := texts(s, strictAWS(t, unclearYAML), now.now)
	for i, x := range []spoken{
		{"1", ann, acme, "STOP", now.now()},
		{"2", bob, acme, "this is harassment", now.now()},
		{"3", ann, acme, "START", now.now()},
		{"4", ann, acme, "stop \U0001F600", now.now()},
		{"5", bob, acme, "stop", now.now()},
	} {
		x.at = now.now()
		say(t, h, x)
		now.advance(time.Duration(i+1) * time.Minute)
	}
	if _, err := s.RecordConsent(context.Background(), []consent.Change{{
		Program: "other", Contact: ann, State: optout.OptedOut, SaidAt: now.now(), Source: "operator", Actor: "Zoë | 12:x",
		Evidence: map[string]any{"reason": "said \"stop\"\nby telephone"},
	}}, now.now()); err != nil {
		t.Fatal(err)
	}
	if faults, _ := verify(t, s); len(faults) > 0 {
		t.Fatalf("an untouched ledger has faults: %v", faults)
	}
	return s
}

// Whatever a superuser changes in the ledger is found: each column, each row, each end of the chain.
func TestVerifyFindsWhatASuperuserDid(t *testing.T) {
	t.Parallel()
	const third = `(SELECT id FROM heed.consent_event WHERE program = 'alerts' AND seq = 3)`
	edit := func(set string) []string {
		return []string{`UPDATE heed.consent_event SET ` + set + ` WHERE id = ` + third}
	}
	for _, c := range []struct {
		sentence   string
		statements []string
		want       string
	}{
		{"the words are edited", edit(`evidence = jsonb_set(evidence, '{text}', '"GO"')`), "alerts edited"},
		{"a word is added to the evidence", edit(`evidence = evidence || '{"more": 1}'`), "alerts edited"},
		{"it is given to somebody else", edit(`contact = '+14255550109'`), "alerts edited"},
		{"the state is turned round", edit(`state = 'opted_out'`), "alerts edited"},
		{"it is said to be older", edit(`said_at = said_at - interval '1 second'`), "alerts edited"},
		{"it is said to have been recorded sooner", edit(`recorded_at = recorded_at - interval '1 microsecond'`), "alerts edited"},
		{"another source", edit(`source = 'operator'`), "alerts edited"},
		{"another actor", edit(`actor = 'nobody'`), "alerts edited"},
		{"no actor", edit(`actor = NULL`), "alerts edited"},
		{"another message", edit(`inbound_message_id = '33'`), "alerts edited"},
		{"another salt", edit(`salt = gen_random_uuid()`), "alerts edited"},
		{"another seal", edit(`sealed = sha256('x')`), "alerts edited,alerts edited"},
		{"another hash", edit(`hash = sha256('x')`), "alerts edited,alerts edited"},
		{"it is made a decision", edit(`of_event = 1`), "alerts edited"},
		{"another number", append([]string{`ALTER TABLE heed.consent_event ALTER COLUMN id DROP IDENTITY`}, edit(`id = 1000`)...), "alerts edited"},
		{"marked as forgotten to hide an edit", edit(`forgotten_at = now(), evidence = '{}', contact = '+14255550109'`), "alerts edited"},
		{"marked as forgotten, with other words", edit(`forgotten_at = now(), salt = NULL, contact = '#00', evidence = '{"text": "START"}'`), "alerts edited"},
		{"the last is edited and its hash with it", []string{`UPDATE heed.consent_event e SET state = 'held',
			hash = sha256((SELECT b.hash FROM heed.consent_event b WHERE b.program = e.program AND b.seq = e.seq - 1)
				|| heed.consent_public(id, seq, program, 'held', said_at, recorded_at, source, of_event) || sealed)
			WHERE program = 'alerts' AND seq = 5`}, "alerts head_differs"},
		{"the first is deleted", []string{`DELETE FROM heed.consent_event WHERE program = 'alerts' AND seq = 1`}, "alerts missing"},
		{"one in the middle is deleted", []string{`DELETE FROM heed.consent_event WHERE id = ` + third}, "alerts missing"},
		{"two are deleted", []string{`DELETE FROM heed.consent_event WHERE program = 'alerts' AND seq IN (2, 4)`}, "alerts missing,alerts missing"},
		{"the last is deleted", []string{`DELETE FROM heed.consent_event WHERE program = 'alerts' AND seq = 5`}, "alerts missing"},
		{
			"one is deleted and the ones behind it moved up",
			[]string{
				`DELETE FROM heed.consent_event WHERE id = ` + third,
				`UPDATE heed.consent_event SET seq = seq - 1 WHERE program = 'alerts' AND seq = 4`, `UPDATE heed.consent_event SET seq = seq - 1 WHERE program = 'alerts' AND seq = 5`,
			},
			"alerts edited,alerts edited,alerts missing",
		},
		{"a whole chain is deleted", []string{`DELETE FROM heed.consent_event WHERE program = 'other'`}, "other missing"},
		{"a chain with its head is deleted", []string{`DELETE FROM heed.consent_event WHERE program = 'other'`, `DELETE FROM heed.consent_chain WHERE program = 'other'`}, ""},
		{"all of it is deleted", []string{`DELETE FROM heed.consent_event`}, "alerts missing,other missing"},
		{"a head is deleted", []string{`DELETE FROM heed.consent_chain WHERE program = 'other'`}, "other head_differs"},
		{"a head is put back", []string{`UPDATE heed.consent_chain SET seq = 4 WHERE program = 'alerts'`}, "alerts head_differs"},
		{"one is slipped in without its link", []string{`INSERT INTO heed.consent_event (program, contact, state, said_at, source, seq, sealed, hash)
			VALUES ('other', '+14255550103', 'opted_in', now(), 'operator', 2, sha256('x'), sha256('y'))`}, "other edited,other edited,other head_differs"},
		{"events of two chains are exchanged", []string{`UPDATE heed.consent_event SET program = 'other', seq = 2 WHERE program = 'alerts' AND seq = 5`}, "alerts missing,other edited,other head_differs"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := aLedger(t)
			_, noted := verify(t, s)
			asSuperuser(t, s, c.statements...)
			faults, _ := verify(t, s)
			slices.Sort(faults)
			if got := strings.Join(faults, ","); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			// Whoever noted the heads finds each of these.
			if faults, _ := verify(t, s, noted...); len(faults) == 0 {
				t.Error("with heads noted before nothing is found")
			}
		})
	}
}

// Who may do everything can write a chain anew. Heads that were noted elsewhere show it.
func TestVerifyAgainstNotedHeads(t *testing.T) {
	t.Parallel()
	s := aLedger(t)
	_, noted := verify(t, s)
	asSuperuser(t, s,
		`CREATE TEMP TABLE forged AS SELECT * FROM heed.consent_event WHERE program = 'alerts'`,
		`DELETE FROM heed.consent_event WHERE program = 'alerts'`,
		`DELETE FROM heed.consent_chain WHERE program = 'alerts'`,
		`SET LOCAL session_replication_role = DEFAULT`,
		`INSERT INTO heed.consent_event (program, contact, state, said_at, source, inbound_message_id, evidence, actor, recorded_at)
		 SELECT program, contact, 'opted_in', said_at, source, inbound_message_id, evidence, actor, recorded_at FROM forged ORDER BY seq`)
	if faults, _ := verify(t, s); len(faults) > 0 {
		t.Fatalf("the forgery is clumsy: %v", faults)
	}
	if faults, _ := verify(t, s, noted...); !slices.Equal(faults, []string{"alerts head_differs"}) {
		t.Errorf("against noted heads: %v", faults)
	}
}

// Events of several workers at once, of several programs in one statement and one by one, make chains without a fork
// or a gap.
func TestChainsUnderConcurrency(t *testing.T) {
	t.Parallel()
	s := open(t)
	done := make(chan error)
	for worker := range 4 {
		go func() {
			for i := range 25 {
				var changes []consent.Change
				for p := range 1 + i%3 {
					// Each worker names the programs in an order of its own.
					changes = append(changes, consent.Change{
						Program: string(rune('a' + (p+worker)%3)), Contact: ann, State: optout.OptedOut,
						SaidAt: noon().Add(time.Duration(worker*100+i) * time.Second), Source: "operator",
					})
				}
				if _, err := s.RecordConsent(context.Background(), changes, noon()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if faults, heads := verify(t, s); len(faults) > 0 || len(heads) != 3 {
		t.Errorf("%d chains, faults %v", len(heads), faults)
	}
}

// Go and SQL agree on the fingerprint of whatever an event may hold.
func TestFingerprintsAgree(t *testing.T) {
	t.Parallel()
	s := open(t)
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aZ0|:-\"\\\n\t é漢😀\u202e")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		said := noon().Add(time.Duration(rapid.Int64Range(-4e18, 1e18).Draw(t, "said")) / 1000 * 1000)
		change := consent.Change{
			Program: "p" + text.Draw(t, "program"), Contact: ann, State: rapid.SampledFrom([]optout.State{optout.OptedIn, optout.OptedOut, optout.Held}).Draw(t, "state"),
			SaidAt: said, Source: "api", Actor: text.Draw(t, "actor"),
			Evidence: map[string]any{text.Draw(t, "key"): text.Draw(t, "value"), "n": rapid.Float64Range(-1e20, 1e20).Draw(t, "number")},
		}
		if _, err := s.RecordConsent(context.Background(), []consent.Change{change}, noon()); err != nil {
			t.Fatal(err)
		}
	})
	if faults, _ := verify(t, s); len(faults) > 0 {
		t.Error(faults)
	}
}
