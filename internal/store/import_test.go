package store_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/roster"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// What is compared of ledger and register.
const (
	standsOf = `SELECT c.program, c.contact, c.state, c.since, c.opted_in_at, c.opted_out_at, c.held_at, e.state AS by, e.said_at AS by_at
FROM heed.consent c LEFT JOIN heed.consent_event e ON e.id = c.event_id`
	derived = `SELECT program, contact, state, since, opted_in_at, opted_out_at, held_at FROM heed.consent_derived WHERE state IS NOT NULL`
	kept    = `SELECT program, contact, state, since, opted_in_at, opted_out_at, held_at FROM heed.consent`
	// What the trigger would have written beside what was written.
	unlike = `SELECT id FROM heed.consent_event e
WHERE sealed <> heed.consent_sealed(salt, contact, inbound_message_id, actor, evidence)
   OR hash <> sha256(coalesce((SELECT p.hash FROM heed.consent_event p WHERE p.program = e.program AND p.seq = e.seq - 1), '')
        || heed.consent_public(id, seq, program, state, said_at, recorded_at, source, of_event) || sealed)`
)

// entry is a row of a list, as the reader gives it.
func entry(line int, contact sms.Phone, program string, state optout.State, saidAt time.Time) roster.Entry {
	return roster.Entry{
		Line: line, Program: program, Contact: contact, State: state, SaidAt: saidAt,
		Evidence: fmt.Sprintf(`{"file": "people.csv", "line": %d, "reason": "a \"form\"\n"}`, line),
	}
}

// importAll imports rows as the command does: each lane its people, some at a time.
func importAll(t testing.TB, rows interface {
	ImportConsent(ctx context.Context, entries []*roster.Entry, how store.Import, now time.Time) (store.Imported, error)
}, after int64, list []roster.Entry, atOnce int, lists map[string][]string,
) (pending, planned int) {
	t.Helper()
	for lane := range store.ImportLanes {
		var share []*roster.Entry
		for i := range list {
			if store.ImportLane(list[i].Contact) == lane {
				share = append(share, &list[i])
			}
		}
		for some := range slices.Chunk(share, atOnce) {
			did, err := rows.ImportConsent(context.Background(), some, store.Import{
				Lane: lane, After: after, Actor: "zoe", Lists: lists, MostCalls: 3 - planned,
				CallEvery: time.Second, FirstCall: noon(),
			}, noon())
			if err != nil {
				t.Error(err)
			}
			pending, planned = pending+did.Pending, planned+did.Planned
		}
	}
	return pending, planned
}

func newest(t testing.TB, s *store.Store) int64 {
	t.Helper()
	id, err := s.NewestEvent(context.Background())
	if err != nil {
		t.Error(err)
	}
	return id
}

func outcomes(list []roster.Entry) (all []roster.Outcome) {
	for i := range list {
		all = append(all, list[i].Outcome)
	}
	return all
}

// whole is what has to hold of ledger and register at any time.
func whole(t testing.TB, s *store.Store) {
	t.Helper()
	if faults, _ := verify(t, s); len(faults) > 0 {
		t.Errorf("the chain has faults: %v", faults)
	}
	if is := dump(t, s, unlike); is != "" {
		t.Errorf("events that the trigger would have linked otherwise: %s", is)
	}
	if is, want := dump(t, s, kept), dump(t, s, derived); is != want {
		t.Errorf("the register is not what the ledger comes to:\n%s\nwant\n%s", is, want)
	}
}

// However a list is cut up, and whatever of it is imported again, with changes of other sources in between: ledger and
// register are those of the list imported at once. A rehearsal said before what became of each row.
func TestImportAnySplit(t *testing.T) {
	t.Parallel()
	s := open(t)
	begin := noon().AddDate(0, 0, -30)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		person := rapid.Custom(func(rt *rapid.T) sms.Phone {
			return sms.Phone(fmt.Sprintf("+1425%05d%02d", round, rapid.IntRange(0, 5).Draw(rt, "person")))
		})
		// The same people under the same times, in two pairs of programs: what is done to one pair at once is done to the
		// other in pieces.
		state := rapid.SampledFrom([]optout.State{optout.OptedIn, optout.OptedOut, optout.Held})
		at := rapid.Custom(func(rt *rapid.T) time.Time {
			return begin.Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "hour")) * time.Hour)
		})
		n := rapid.IntRange(1, 25).Draw(rt, "rows")
		one, two := make([]roster.Entry, n), make([]roster.Entry, n)
		for i := range one {
			p := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "program")
			one[i] = entry(i+2, person.Draw(rt, "contact"), p, state.Draw(rt, "state"), at.Draw(rt, "at"))
			two[i] = one[i]
			two[i].Program = p + "2"
		}
		by := consent.Change{Contact: person.Draw(rt, "by hand"), State: state.Draw(rt, "by hand"), SaidAt: at.Draw(rt, "by hand"), Source: "operator", Actor: "zoe"}
		change := func(program string) {
			by.Program = program
			if _, err := s.RecordConsent(context.Background(), []consent.Change{by}, noon()); err != nil {
				rt.Fatal(err)
			}
		}
		change("a")
		rehearsed := slices.Clone(one)
		rehearsal, err := s.Rehearse(context.Background())
		if err != nil {
			rt.Fatal(err)
		}
		before := dump(t, s, `SELECT * FROM heed.consent`) + dump(t, s, `SELECT * FROM heed.consent_chain`)
		importAll(t, rehearsal, newest(t, s), rehearsed, 7, nil)
		if err := rehearsal.Close(context.Background()); err != nil {
			rt.Fatal(err)
		}
		if dump(t, s, `SELECT * FROM heed.consent`)+dump(t, s, `SELECT * FROM heed.consent_chain`) != before {
			rt.Fatal("a rehearsal changed something")
		}
		importAll(t, s, newest(t, s), one, 7, nil)
		if is, want := outcomes(rehearsed), outcomes(one); !slices.Equal(is, want) {
			rt.Fatalf("rehearsed %v, became %v", is, want)
		}

		after := newest(t, s)
		for range rapid.IntRange(0, 3).Draw(rt, "pieces") {
			from := rapid.IntRange(0, n-1).Draw(rt, "from")
			piece := slices.Clone(two[from:rapid.IntRange(from+1, n).Draw(rt, "to")])
			importAll(t, s, after, piece, rapid.IntRange(1, 4).Draw(rt, "at once"), nil)
		}
		change("a2")
		importAll(t, s, after, two, rapid.IntRange(1, 25).Draw(rt, "at once"), nil)
		for _, table := range []string{
			`SELECT DISTINCT program, contact, state, said_at FROM heed.consent_event`, // what is known from elsewhere is not recorded again
			standsOf,
		} {
			of := func(program string) string {
				return dump(t, s, `SELECT (to_jsonb(r) - 'program') FROM (`+table+`) r WHERE program = '`+program+`' AND contact LIKE '`+string(by.Contact)[:10]+`%'`)
			}
			for _, p := range []string{"a", "b"} {
				if is, want := of(p+"2"), of(p); is != want {
					rt.Fatalf("in pieces:\n%s\nat once:\n%s", is, want)
				}
			}
		}
		again := dump(t, s, `SELECT * FROM heed.consent_event`) + dump(t, s, `SELECT * FROM heed.consent`) + dump(t, s, `SELECT * FROM heed.consent_chain`)
		importAll(t, s, newest(t, s), slices.Clone(two), 25, nil)
		if dump(t, s, `SELECT * FROM heed.consent_event`)+dump(t, s, `SELECT * FROM heed.consent`)+dump(t, s, `SELECT * FROM heed.consent_chain`) != again {
			rt.Fatal("the same list again changed something")
		}
	})
	whole(t, s)
}

// Each row: what was known, the rows of a list, and what becomes of them.
func TestImportOutcomes(t *testing.T) {
	t.Parallel()
	const (
		in, out, held = optout.OptedIn, optout.OptedOut, optout.Held
		p             = "alerts"
	)
	at := func(hour int) time.Time { return noon().AddDate(0, 0, -2).Add(time.Duration(hour) * time.Hour) }
	for n, c := range []struct {
		what  string
		known []roster.Entry
		rows  []roster.Entry
		want  []roster.Outcome
		state string // in the end, with the entry behind it
	}{
		{"nothing was known", nil, []roster.Entry{entry(2, ann, p, out, at(1))}, []roster.Outcome{roster.Recorded}, "opted_out by opted_out 01"},
		{
			"the same is said twice", nil,
			[]roster.Entry{entry(2, ann, p, out, at(1)), entry(3, ann, p, out, at(1))},
			[]roster.Outcome{roster.Recorded, roster.Duplicate},
			"opted_out by opted_out 01",
		},
		{
			"a later STOP stands",
			[]roster.Entry{entry(2, ann, p, out, at(5))},
			[]roster.Entry{entry(2, ann, p, in, at(4))},
			[]roster.Outcome{roster.Overruled},
			"opted_out by opted_out 05",
		},
		{
			"of one moment the opt-out stands",
			[]roster.Entry{entry(2, ann, p, in, at(5))},
			[]roster.Entry{entry(2, ann, p, out, at(5))},
			[]roster.Outcome{roster.Recorded},
			"opted_out by opted_out 05",
		},
		{
			"an earlier opt-out beside a later one",
			[]roster.Entry{entry(2, ann, p, out, at(5))},
			[]roster.Entry{entry(2, ann, p, out, at(4))},
			[]roster.Outcome{roster.Recorded},
			"opted_out by opted_out 05",
		},
		{
			"the list overrules itself", nil,
			[]roster.Entry{entry(2, ann, p, out, at(1)), entry(3, ann, p, in, at(2))},
			[]roster.Outcome{roster.Overruled, roster.Recorded},
			"opted_in by opted_in 02",
		},
		{
			"known before",
			[]roster.Entry{entry(7, ann, p, out, at(1))},
			[]roster.Entry{entry(2, ann, p, out, at(1)), entry(3, ann, p, in, at(1))},
			[]roster.Outcome{roster.Unchanged, roster.Overruled},
			"opted_out by opted_out 01",
		},
		{
			"a hold that was overruled decides again",
			[]roster.Entry{entry(2, ann, p, out, at(3)), entry(3, ann, p, held, at(6))},
			[]roster.Entry{entry(2, ann, p, in, at(4))},
			[]roster.Outcome{roster.Overruled},
			"held by held 06",
		},
		{
			"refused rows are passed over", nil,
			[]roster.Entry{{Line: 2, Contact: "?", Outcome: roster.Refused, Reason: "no"}},
			[]roster.Outcome{roster.Refused},
			"",
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			importAll(t, s, 0, c.known, 100, nil)
			after := newest(t, s)
			importAll(t, s, after, c.rows, 100, nil)
			if is := outcomes(c.rows); !slices.Equal(is, c.want) {
				t.Errorf("%d: %v, want %v", n, is, c.want)
			}
			state := scan[string](t, s, `SELECT coalesce(max(c.state || ' by ' || e.state || to_char(e.said_at - timestamptz '2026-11-18 12:00Z', ' HH24')), '')
				FROM heed.consent c JOIN heed.consent_event e ON e.id = c.event_id`)
			if state != c.state {
				t.Errorf("%s, want %s", state, c.state)
			}
			whole(t, s)
		})
	}
}

// Two imports of one list, texts and operators at the same time: nothing is recorded twice, nothing is lost, the chain
// holds.
func TestImportsSideBySide(t *testing.T) {
	t.Parallel()
	s := open(t)
	const people = 300
	list := func() (rows []roster.Entry) {
		for i := range 2 * people {
			rows = append(rows, entry(i+2, sms.Phone(fmt.Sprintf("+1425555%04d", i%people)), "alerts", []optout.State{optout.OptedIn, optout.OptedOut}[i%2],
				noon().Add(-time.Duration(i%7)*time.Hour)))
		}
		return rows
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { importAll(t, s, 0, list(), 50, nil) })
	}
	all.Go(func() {
		for i := range people {
			if _, err := s.RecordConsent(context.Background(), []consent.Change{{
				Program: "alerts", Contact: sms.Phone(fmt.Sprintf("+1425555%04d", i)), State: optout.OptedOut,
				SaidAt: noon(), Source: "api", Actor: "app",
			}}, noon()); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	whole(t, s)
	if n := scan[int](t, s, `SELECT count(*) FROM heed.consent WHERE state = 'opted_out'`); n != people {
		t.Errorf("%d of %d people are opted out by what they said last", n, people)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM (SELECT FROM heed.consent_event GROUP BY contact, program, state, said_at, source HAVING count(*) > 1) t`); n > 0 {
		t.Errorf("%d changes are in the ledger twice", n)
	}
}

// The ledger may know of somebody whom the register does not: their words were taken back, or the register is broken.
func TestImportOfWhomTheRegisterLost(t *testing.T) {
	t.Parallel()
	s := open(t)
	list := []roster.Entry{entry(2, ann, "alerts", optout.OptedOut, noon().Add(-time.Hour)), entry(3, bob, "alerts", optout.OptedIn, noon().Add(-time.Hour))}
	importAll(t, s, 0, slices.Clone(list[:1]), 100, nil)
	asSuperuser(t, s, `DELETE FROM heed.consent`)
	after := newest(t, s)
	importAll(t, s, after, list, 100, nil)
	if is, want := outcomes(list), []roster.Outcome{roster.Unchanged, roster.Recorded}; !slices.Equal(is, want) {
		t.Errorf("%v, want %v", is, want)
	}
}

// AWS's lists have to follow whoever stands elsewhere than before. So many calls are planned as may be, one after
// another; the others are pending.
func TestImportPlansCalls(t *testing.T) {
	t.Parallel()
	s := open(t)
	var list []roster.Entry
	for i := range 10 {
		list = append(list, entry(i+2, sms.Phone(fmt.Sprintf("+142555501%02d", i)), "alerts", optout.OptedOut, noon().Add(-time.Hour)))
	}
	list = append(list, entry(20, ann, "without a list", optout.OptedOut, noon().Add(-time.Hour)))
	lists := map[string][]string{"alerts": {"alerts-list", "all-list"}}
	if pending, planned := importAll(t, s, 0, list, 4, lists); pending != 10 || planned != 3 {
		t.Errorf("%d pending, %d planned; want 10 and 3", pending, planned)
	}
	got := scan[string](t, s, `SELECT json_agg(json_build_array(right(contact, 2), opt_out_list, seq, state, kind) ORDER BY contact, seq)::text FROM heed.outbox`)
	var is [][]any
	if err := json.Unmarshal([]byte(got), &is); err != nil || len(is) != 3 || is[0][1] != "alerts-list" || is[1][1] != "all-list" || is[2][3] != "planned" || is[2][4] != "sync_optout" {
		t.Errorf("%s: %v", got, err)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.consent WHERE aws_state = 'pending'`); n != 10 {
		t.Errorf("%d people are pending, want 10", n)
	}
	earlier := []roster.Entry{entry(2, "+14255550101", "alerts", optout.OptedOut, noon().Add(-2*time.Hour))}
	if pending, planned := importAll(t, s, 0, earlier, 4, lists); pending+planned != 0 {
		t.Errorf("who stands where they stood: %d pending, %d planned", pending, planned)
	}
}

// The evidence of a row is written as Postgres writes jsonb, whatever is in the list: the fingerprint is made of it.
func TestEvidenceAsPostgresWritesIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\"\\/\t\b\f\n\x01\x1f\x7fé\u2028😀 ")), 1, 12, -1)
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-Zé "\\]{0,5}[a-z]`), 1, 4, func(s string) string { return strings.ToLower(s) }).Draw(rt, "columns")
		row := []string{"+14255550101"}
		for range names {
			row = append(row, text.Draw(rt, "field"))
		}
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		if err := errors.Join(w.Write(append([]string{"contact"}, names...)), w.Write(row)); err != nil {
			rt.Fatal(err)
		}
		w.Flush()
		r, err := roster.NewReader(&file, roster.Options{Format: roster.Heed, File: text.Draw(rt, "file"), Program: "alerts", State: optout.OptedOut, SaidAt: noon(), Now: noon()})
		if err != nil {
			rt.Skip(err) // a column that is understood
		}
		e, err := r.Next()
		if err != nil || e.Outcome == roster.Refused {
			rt.Fatal(err, e.Reason)
		}
		if is := scan[string](t, s, `SELECT $1::jsonb::text`, e.Evidence); is != e.Evidence {
			rt.Fatalf("Postgres writes\n%s\nnot\n%s", is, e.Evidence)
		}
	})
}
