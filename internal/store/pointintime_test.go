package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const twoProgramsYAML = `
version: 1
consent: {scope: %s}
programs:
  alerts: {brand: Acme, identities: ["+12065550100"], requireOptIn: %t, unclear: hold}
  offers: {brand: Acme, identities: ["+12065550101"], unclear: hold}
`

// What heed said at a moment can be asked for ever after: can_send_at of that moment, by what was known then, is what
// can_send said then; whatever was recorded, decided, suspended or put in force since.
func TestTheAnswerOfAMomentStands(t *testing.T) {
	t.Parallel()
	url := dbtest.New(t)
	s, err := store.Open(context.Background(), store.Options{URL: url, Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx := context.Background()
	people, programs := []sms.Phone{ann, "+14255550102"}, []string{"alerts", "offers"}
	rapid.Check(t, func(t *rapid.T) {
		if _, err := s.Pool().Exec(ctx, `SET session_replication_role = replica;
			DELETE FROM heed.consent; DELETE FROM heed.consent_event; DELETE FROM heed.consent_chain; DELETE FROM heed.ruleset;
			DELETE FROM heed.suspension; SET session_replication_role = DEFAULT`); err != nil {
			t.Fatal(err)
		}
		now := noon()
		answer := func(f string, args ...any) string {
			var all string
			for _, who := range people {
				for _, p := range programs {
					var one string
					if err := s.Pool().QueryRow(ctx, `SELECT concat_ws(' ', allowed, reason, extract(epoch FROM since)) FROM `+f, append([]any{string(who), p}, args...)...).Scan(&one); err != nil {
						t.Fatal(err)
					}
					all += fmt.Sprintf("%s %s: %s\n", who, p, one)
				}
			}
			return all
		}
		type moment struct {
			at   time.Time
			said string
			what string
		}
		var moments []moment
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "later")) * time.Minute)
			who := rapid.SampledFrom(people).Draw(t, "who")
			var what string
			switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
			case kind < 6:
				c := consent.Change{
					Program: rapid.SampledFrom(programs).Draw(t, "program"), Contact: who, Source: "operator",
					State:  rapid.SampledFrom([]optout.State{optout.OptedIn, optout.OptedOut, optout.Held}).Draw(t, "state"),
					SaidAt: now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "ago")) * time.Minute),
				}
				what = fmt.Sprint(c)
				if _, err := s.RecordConsent(ctx, []consent.Change{c}, now); err != nil {
					t.Fatal(err)
				}
			case kind < 8:
				as := rapid.SampledFrom([]string{"opt_out", "none", "undo"}).Draw(t, "as")
				var id int64
				_ = s.Pool().QueryRow(ctx, `SELECT id FROM heed.consent_event WHERE state = 'held' AND of_event IS NULL ORDER BY id DESC LIMIT 1`).Scan(&id)
				if id == 0 {
					continue
				}
				what = as
				if _, err := s.Decide(ctx, consent.Decision{ID: id, As: as, Reason: "r", Actor: "a"}, now); err != nil {
					t.Fatal(err)
				}
			case kind == 8:
				what = "suspend"
				if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.suspension (contact, reason, since, message_id) VALUES ($1, 'invalid_number', $2, $3)`, string(who), now, now.String()); err != nil {
					t.Fatal(err)
				}
			default:
				scope, require := rapid.SampledFrom([]string{"program", "sender"}).Draw(t, "scope"), rapid.Bool().Draw(t, "require")
				what = scope
				doc := fmt.Sprintf(twoProgramsYAML, scope, require)
				rules, findings := program.Parse("heed.yaml", []byte(doc))
				if rules == nil {
					t.Fatal(findings)
				}
				if _, _, err := s.ApplyRuleset(ctx, []byte(doc), rules.Settings(), "test", now); err != nil {
					t.Fatal(err)
				}
			}
			moments = append(moments, moment{now, answer(`heed.can_send($1, $2)`), what})
		}
		for _, m := range moments {
			if diff := cmp.Diff(m.said, answer(`heed.can_send_at($1, $2, $3, $3)`, m.at)); diff != "" {
				t.Fatalf("after %s, what it said then and what it is said to have said (-then +now):\n%s", m.what, diff)
			}
		}
		if len(moments) == 0 {
			return
		}
		if diff := cmp.Diff(moments[len(moments)-1].said, answer(`heed.can_send_at($1, $2, $3)`, now)); diff != "" {
			t.Fatalf("can_send and can_send_at now (-now +at):\n%s", diff)
		}
	})
}

// A STOP that took an hour to reach heed counts from when it was said; what heed knew meanwhile can be asked for.
func TestSaidAndKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.RecordConsent(context.Background(), []consent.Change{{Program: "alerts", Contact: ann, State: optout.OptedOut, SaidAt: noon(), Source: "operator"}}, noon().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sentence, args string
		want           string
	}{
		{"before it was said", `$1, 'alerts', $2::timestamptz - interval '1 second'`, "no_record"},
		{"at that moment", `$1, 'alerts', $2`, "opted_out"},
		{"while it was under way, by what was known", `$1, 'alerts', $2::timestamptz + interval '30 minutes', $2::timestamptz + interval '30 minutes'`, "no_record"},
		{"while it was under way, by what is known now", `$1, 'alerts', $2::timestamptz + interval '30 minutes'`, "opted_out"},
		{"the number is written otherwise", `'1 (425) 555-0101' || left($1, 0), 'alerts', $2`, "opted_out"},
		{"another program", `$1, 'other', $2`, "no_record"},
	} {
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at(`+c.args+`)`, ann, noon()); got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, got, c.want)
		}
	}
	if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', NULL)`, ann); got != "contact_or_program_missing" {
		t.Errorf("at no moment: %s", got)
	}
}

// What is asked of one contact is looked up, whatever the length of the ledger.
func TestQuestionsOfOneContactUseTheIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	for _, statement := range []string{
		`INSERT INTO heed.consent_event (program, contact, state, said_at, source)
		 SELECT 'alerts', '+1' || (2000000000 + n), 'opted_in', now(), 'operator' FROM generate_series(1, 5000) n`,
		`INSERT INTO heed.consent (program, contact, state, since) SELECT program, contact, state, said_at FROM heed.consent_event`,
		`ANALYZE heed.consent_event, heed.consent`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{
		`SELECT heed.can_send('+12000000007', 'alerts')`,
		`SELECT heed.can_send_at('+12000000007', 'alerts', now())`,
		`SELECT * FROM heed.consent_derived WHERE contact = '+12000000007'`,
		`SELECT * FROM heed.consent_derived WHERE contact = ANY ('{+12000000007}')`,
	} {
		err := pgx.BeginFunc(ctx, s.Pool(), func(tx pgx.Tx) error {
			const sequential = `SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables WHERE relname IN ('consent_event', 'consent')`
			var before, after int64
			if err := tx.QueryRow(ctx, sequential).Scan(&before); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, query); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, sequential).Scan(&after); err != nil {
				return err
			}
			if after > before {
				t.Errorf("%s read %d rows one after another", query, after-before)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
