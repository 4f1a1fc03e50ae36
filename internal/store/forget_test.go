package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

const zoe = "+14255550177"

// forget forgets Zoe.
func forget(t *testing.T, s *store.Store, now time.Time) store.Forgotten {
	t.Helper()
	done, err := s.Forget(context.Background(), store.Forgetting{Contact: zoe, By: "tess", Reason: "ticket 4711"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// mentions lists every column of every table of heed in which a text stands, as table.column.
func mentions(t *testing.T, s *store.Store, what string) []string {
	t.Helper()
	ctx := context.Background()
	rows, err := s.Pool().Query(ctx, `
		SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'heed'::regnamespace AND c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ Table, Column string }
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[place])
	if err != nil || len(places) < 100 {
		t.Fatalf("%d columns: %v", len(places), err)
	}
	var found []string
	for _, p := range places {
		// bytea is read as its bytes, everything else as text.
		query := fmt.Sprintf(`SELECT EXISTS (SELECT FROM heed.%s x WHERE strpos(x.%s::text, $1) > 0 OR strpos(x.%[2]s::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0)`,
			pgx.Identifier{p.Table}.Sanitize(), pgx.Identifier{p.Column}.Sanitize())
		if scan[bool](t, s, query, what) {
			found = append(found, p.Table+"."+p.Column)
		}
	}
	return found
}

// verified walks the ledger.
func verified(t *testing.T, s *store.Store) {
	t.Helper()
	if broken := scan[int](t, s, `
		WITH links AS (SELECT e.*, coalesce(lag(e.hash) OVER (PARTITION BY program ORDER BY seq), ''::bytea) AS before FROM heed.consent_event e)
		SELECT count(*) FROM links e
		WHERE e.hash <> sha256(e.before || heed.consent_public(e.id, e.seq, e.program, e.state, e.said_at, e.recorded_at, e.source, e.of_event) || e.sealed)
		   OR e.salt IS NOT NULL AND e.sealed <> heed.consent_sealed(e.salt, e.contact, e.inbound_message_id, e.actor, e.evidence)`); broken != 0 {
		t.Errorf("%d links of the chain do not hold", broken)
	}
	if named := dump(t, s, `SELECT id FROM heed.consent_event WHERE forgotten_at IS NOT NULL AND (salt IS NOT NULL OR evidence <> '{}' OR contact NOT LIKE '#%' OR actor IS NOT NULL)`); named != "" {
		t.Errorf("events that are marked as forgotten and still name somebody: %s", named)
	}
}

// A person with a trace in every table is forgotten: nothing names the number or quotes a word of theirs any more, the
// suppression holds, the chain verifies, the neighbour keeps everything.
func TestForget(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, tollFreeYAML)
	var now clock
	aws := &world{listed: map[string]bool{}}
	h := texts(s, aws, now.now)
	at := func(sec int) time.Time { return noon().Add(time.Duration(sec) * time.Second) }
	say(t, h, spoken{"z1", zoe, acme, "Please take me off this list. Zebra", at(0)}, spoken{"z2", zoe, free, "HOURS", at(1)},
		spoken{"z3", zoe, "+12065550199", "START", at(2)}, spoken{"a1", ann, acme, "STOP", at(3)})
	// Twice the same in one millisecond: only the ids tell the two apart.
	say(t, h, spoken{"z4", zoe, acme, "STOP", at(4)}, spoken{"z5", zoe, acme, "STOP", at(4)})
	// Zoe first: an input of the same id is parked once.
	for _, who := range [][2]string{{"Zebra", zoe}, {"Ann", ann}} {
		name, of := who[0], who[1]
		event := fmt.Sprintf(`{"context":{"customer":"%s %s"},"newField":"to %[2]s",`, name, of)
		mustWork(t, events(s).Work(ctx, records(
			event+told("1"+name[:1], "TEXT_DELIVERED", "DELIVERED", true, acme, of, at(5))[1:],
			event+told("2"+name[:1], "TEXT_INVALID", "INVALID", true, acme, of, at(6))[1:],
			`{"hello":"`+of[1:]+`"}`)))
	}
	if _, err := s.RecordConsent(ctx, []consent.Change{{
		Program: "alerts", Contact: zoe, State: optout.OptedOut, SaidAt: at(7), Source: "operator", Actor: "tess",
		Evidence: map[string]any{"reason": "Zebra called from " + zoe},
	}}, at(7)); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO heed.legal_hold (contact, reason, placed_at, placed_by, lifted_at, lifted_by) VALUES ('` + zoe + `', 'Zebra against Acme', now(), 'tess', now(), 'tess')`,
		`INSERT INTO heed.reconcile_seen (list, contact) VALUES ('alerts', '` + zoe + `')`,
		`INSERT INTO heed.parked (source, source_id, reason, body, encoding, parked_at) VALUES ('sqs', 'x', 'test', encode('\xff' || convert_to('` + zoe + ` Zebra', 'UTF8'), 'base64'), 'base64', now())`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	neighbour := func() string {
		return dump(t, s, `SELECT contact, body FROM heed.inbound WHERE contact = '`+ann+`'`) + dump(t, s, `SELECT contact, evidence FROM heed.consent_event WHERE contact = '`+ann+`'`) +
			dump(t, s, `SELECT contact, context FROM heed.message WHERE contact = '`+ann+`'`) + dump(t, s, `SELECT contact, extra FROM heed.delivery_event WHERE contact = '`+ann+`'`) +
			dump(t, s, `SELECT contact, state, body FROM heed.outbox WHERE contact = '`+ann+`'`) + dump(t, s, `SELECT contact FROM heed.suspension WHERE contact = '`+ann+`'`)
	}
	heads, annHas := dump(t, s, `SELECT * FROM heed.consent_chain`), neighbour()
	before := dump(t, s, `SELECT p, allowed, reason, since FROM unnest(ARRAY['alerts', 'free', 'default']) p, heed.can_send('`+zoe+`', p) WHERE reason <> 'invalid_number'`)
	if len(mentions(t, s, zoe[1:])) < 12 || len(mentions(t, s, "Zebra")) < 5 {
		t.Fatalf("she is not everywhere: %v, %v", mentions(t, s, zoe[1:]), mentions(t, s, "Zebra"))
	}

	tried, err := s.Forget(ctx, store.Forgetting{Contact: zoe, By: "tess", Reason: "r", DryRun: true}, at(60))
	if err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, s, `SELECT (SELECT count(*) FROM heed.forgotten) + (SELECT count(*) FROM heed.pseudonym_key) + (SELECT count(*) FROM heed.consent_event WHERE forgotten_at IS NOT NULL)`); got != 0 {
		t.Error("a dry run left traces")
	}
	done := forget(t, s, at(60))
	if tried.Texts != done.Texts || tried.Parked != done.Parked || tried.ConsentEvents != done.ConsentEvents || tried.Events != done.Events {
		t.Errorf("the dry run said %+v, it was %+v", tried, done)
	}
	until := at(0).Add(96 * time.Hour)
	if done.EventsUntil == nil || !done.EventsUntil.Equal(until) {
		t.Errorf("events until %v, want %v", done.EventsUntil, until)
	}
	if done.Texts != 5 || done.Messages != 2 || done.Events != 2 || done.Suspensions != 1 || done.Holds != 1 || done.Parked != 2 || done.ParkedUnread != 2 || done.Open != 0 ||
		done.ConsentEvents != 5 || fmt.Sprint(done.Consents) != "map[alerts:opted_out default:opted_in]" {
		t.Errorf("%+v", done)
	}
	for _, trace := range []string{zoe[1:], "Zebra", "off this list", "z1"} {
		if found := mentions(t, s, trace); len(found) > 0 {
			t.Errorf("%q is still in %v", trace, found)
		}
	}
	if got := neighbour(); got != annHas {
		t.Errorf("the neighbour's data changed\n%s\nwant\n%s", got, annHas)
	}
	verified(t, s)
	if got := dump(t, s, `SELECT * FROM heed.consent_chain`); got != heads {
		t.Errorf("heads %s, want %s", got, heads)
	}
	if got := dump(t, s, `SELECT p, allowed, reason, since FROM unnest(ARRAY['alerts', 'free', 'default']) p, heed.can_send('`+zoe+`', p)`); !strings.Contains(got, before) ||
		!strings.Contains(got, "(alerts,f,opted_out") || !strings.Contains(got, "(default,t,opted_in") || !strings.Contains(got, "(free,t,no_record") {
		t.Errorf("can_send %s", got)
	}
	for when, want := range map[time.Time]string{at(-1): "no_record", at(1): "opted_out", at(100): "opted_out"} {
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', $2)`, zoe, when); got != want {
			t.Errorf("can_send_at %s: %s, want %s", when, got, want)
		}
	}
	if got := dump(t, s, `SELECT forgotten_by, reason, contact LIKE '#%' FROM heed.forgotten`); got != `(tess,"ticket 4711",t)` {
		t.Errorf("forgotten %s", got)
	}
	// The register is still what the ledger comes to.
	if _, err := s.CompareRegister(ctx, func(d store.Drift) error { return fmt.Errorf("%+v", d) }); err != nil {
		t.Error(err)
	}
	if again := forget(t, s, at(70)); !again.Nothing() {
		t.Errorf("the second time there was %+v", again)
	}
}

// Somebody who was forgotten is still opted out where they text again, and may come back, and leave again.
func TestForgottenComesBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, now.now)
	canSend := func(want string) {
		t.Helper()
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send($1, 'alerts')`, zoe); got != want {
			t.Errorf("can_send says %s, want %s\n%s", got, want, story(t, s, aws))
		}
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', $2)`, zoe, now.now()); got != want {
			t.Errorf("can_send_at says %s, want %s", got, want)
		}
	}
	step := func(id, words string, sent ...string) {
		t.Helper()
		now.advance(time.Minute)
		had := len(aws.sent())
		say(t, h, spoken{id, zoe, acme, words, now.now()})
		relay(t, s, h)
		if got := aws.sent()[had:]; strings.Join(got, "|") != strings.Join(sent, "|") {
			t.Errorf("%s: sent %q, want %q", words, got, sent)
		}
	}
	step("1", "STOP", confirmation)
	forget(t, s, now.now())
	canSend("opted_out")
	step("2", "HOURS") // not answered: opted out is opted out
	canSend("opted_out")
	step("3", "START", welcome)
	canSend("opted_in")
	step("4", "HOURS", "9 to 5")
	// Forgotten a second time, the two rows become one.
	forget(t, s, now.now())
	canSend("opted_in")
	if n := scan[int](t, s, `SELECT count(*) FROM heed.consent`); n != 1 {
		t.Errorf("%d rows of the register, want 1", n)
	}
	step("5", "HOURS", "9 to 5")
	step("6", "STOP", confirmation)
	canSend("opted_out")
	if listed := aws.lists(); strings.Join(listed, "|") != "alerts "+zoe {
		t.Errorf("listed %q", listed)
	}
	forget(t, s, now.now())
	canSend("opted_out")
	verified(t, s)
}

// Being forgotten, at whatever moment and however often, changes nothing of what is known of consent: now, at any moment
// of the past, and to the executor. Texts may overtake each other, only not a request to be forgotten: that is hours
// away.
func TestForgettingChangesNoConsent(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, rulesYAML)
	aws := &world{listed: map[string]bool{}}
	run := func(rt *rapid.T, steps []int) string {
		if _, err := s.Pool().Exec(ctx, `SET session_replication_role = replica; TRUNCATE heed.inbound, heed.consent, heed.outbox, heed.forgotten;
			DELETE FROM heed.consent_event; DELETE FROM heed.consent_chain; SET session_replication_role = DEFAULT`); err != nil {
			rt.Fatal(err)
		}
		for i, step := range steps {
			if step < 0 {
				forget(t, s, noon().Add(time.Hour))
				continue
			}
			words := []string{"STOP", "START", "this is harassment"}[step%3]
			say(rt, texts(s, aws, noon), spoken{fmt.Sprint(i), zoe, acme, words, noon().Add(time.Duration(step/3) * time.Second)})
		}
		verified(t, s)
		consents, err := s.Consents(ctx, zoe)
		if err != nil {
			rt.Fatal(err)
		}
		return fmt.Sprint(consents) + dump(t, s, `SELECT allowed, reason, since FROM heed.can_send('`+zoe+`', 'alerts')`) +
			dump(t, s, `SELECT at, a.allowed, a.reason, a.since FROM generate_series('2026-11-20 12:00:00Z', '2026-11-20 12:00:09Z', interval '1 second') at, heed.can_send_at('`+zoe+`', 'alerts', at) a`)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var said, withBreaks []int
		at := 0
		for range rapid.IntRange(1, 4).Draw(rt, "requests") {
			between := []int{}
			for range rapid.IntRange(0, 3).Draw(rt, "texts") {
				between = append(between, 3*at+rapid.IntRange(0, 2).Draw(rt, "words"))
				at++
			}
			if len(between) > 0 {
				between = rapid.Permutation(between).Draw(rt, "order")
			}
			said, withBreaks = append(said, between...), append(append(withBreaks, between...), -1)
		}
		want := run(rt, said)
		if got := run(rt, withBreaks); got != want {
			rt.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// What somebody decided about a text goes with the text, and what it decided stays.
func TestForgetDecisions(t *testing.T) {
	t.Parallel()
	for as, want := range map[string]string{"opt_out": "opted_out", "none": "no_record"} {
		t.Run(as, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ctx := context.Background()
			apply(t, s, rulesYAML)
			say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "this is harassment", noon()})
			id := scan[int64](t, s, `SELECT id FROM heed.consent_event`)
			for _, d := range []string{"opt_out", "none", as} {
				if _, err := s.Decide(ctx, consent.Decision{ID: id, As: d, Reason: "called " + zoe, Actor: "tess"}, noon().Add(time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
			before := scan[int](t, s, `SELECT count(*) FROM heed.consent_event`)
			if done := forget(t, s, noon().Add(time.Hour)); done.ConsentEvents != before || before < 3 {
				t.Errorf("%+v, want %d consent events", done, before)
			}
			if found := mentions(t, s, zoe[1:]); len(found) > 0 {
				t.Errorf("still in %v", found)
			}
			if got := scan[string](t, s, `SELECT reason FROM heed.can_send($1, 'alerts')`, zoe); got != want {
				t.Errorf("can_send says %s, want %s", got, want)
			}
			if got := scan[string](t, s, `SELECT reason FROM heed.can_send_at($1, 'alerts', $2)`, zoe, noon()); got != want {
				t.Errorf("can_send_at says %s, want %s", got, want)
			}
			verified(t, s)
		})
	}
}

// A list that is not in step is put in step first; then the row goes by itself.
func TestForgetWaitsForAWS(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, rulesYAML)
	if _, err := s.RecordConsent(ctx, []consent.Change{{Program: "alerts", Contact: zoe, State: optout.OptedOut, SaidAt: noon(), Source: "operator", Lists: []string{"alerts"}}}, noon()); err != nil {
		t.Fatal(err)
	}
	if done := forget(t, s, noon()); done.Open != 1 {
		t.Errorf("%+v, want one open promise", done)
	}
	if n := retain(t, s, noon(), keepAll).Forgotten; n != 0 {
		t.Errorf("%d removed before they were kept", n)
	}
	var now clock
	now.advance(time.Minute)
	aws := strictAWS(t, rulesYAML)
	relay(t, s, texts(s, aws, now.now))
	if listed := aws.lists(); strings.Join(listed, "|") != "alerts "+zoe {
		t.Errorf("listed %q", listed)
	}
	if got := dump(t, s, `SELECT state, aws_state FROM heed.consent`); got != "(opted_out,in_sync)" {
		t.Errorf("register %s", got)
	}
	if n := retain(t, s, now.now(), keepAll).Forgotten; n != 1 {
		t.Errorf("%d removed after, want 1", n)
	}
	if found := mentions(t, s, zoe[1:]); len(found) > 0 {
		t.Errorf("still in %v", found)
	}
}

// Who is on legal hold is not forgotten, and the reason is told.
func TestForgetOnHold(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "STOP", noon()})
	hold, err := s.PlaceHold(context.Background(), zoe, "tess", "Zebra against Acme", noon())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Forget(context.Background(), store.Forgetting{Contact: zoe, By: "tess", Reason: "r"}, noon())
	var refused *store.OnHoldError
	if !errors.As(err, &refused) || len(refused.Reasons) != 1 || refused.Reasons[0] != "Zebra against Acme" {
		t.Errorf("error %v", err)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM heed.inbound`); n != 1 {
		t.Error("the text is gone")
	}
	if ok, err := s.LiftHold(context.Background(), hold, "tess", "settled", noon()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	forget(t, s, noon())
}

// A copy of the database does not tell the number without the key, and the key is for the owner alone.
func TestPseudonymNeedsItsKey(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, rulesYAML)
	say(t, texts(s, &world{listed: map[string]bool{}}, noon), spoken{"1", zoe, acme, "STOP", noon()})
	forget(t, s, noon())
	hash := scan[string](t, s, `SELECT contact FROM heed.consent`)
	// HMAC as anybody would compute it.
	if got := scan[bool](t, s, `SELECT heed.pseudonym($1) = $2`, zoe, hash); !got {
		t.Error("the hash is not found again")
	}
	for _, guess := range []string{`sha256(convert_to($1, 'UTF8'))`, `sha256(convert_to(ltrim($1, '+'), 'UTF8'))`} {
		if scan[string](t, s, `SELECT '#' || encode(`+guess+`, 'hex')`, zoe) == hash {
			t.Error("the hash has no key")
		}
	}
	err := pgx.BeginFunc(ctx, s.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL ROLE heed_worker`); err != nil {
			return err
		}
		var reason string
		if err := tx.QueryRow(ctx, `SELECT reason FROM heed.can_send($1, 'alerts')`, zoe).Scan(&reason); err != nil || reason != "opted_out" {
			t.Errorf("the worker sees %s, %v", reason, err)
		}
		_, err := tx.Exec(ctx, `SELECT * FROM heed.pseudonym_key`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("the worker reads the key: %v", err)
	}
}

func retain(t *testing.T, s *store.Store, now time.Time, keep upkeep.Kept) upkeep.Retained {
	t.Helper()
	r, err := s.Retain(context.Background(), now, keep)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Who was forgotten and is back has two rows, which may say different things. AWS's list follows both together, and both
// say so when it agrees.
func TestBothRowsOfWhoIsBackAreInStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", zoe, acme, "STOP", now.now()})
	forget(t, s, now.now())
	now.advance(time.Hour)
	if _, err := s.RecordConsent(t.Context(), []consent.Change{{
		Program: "alerts", Contact: zoe, State: optout.Held, SaidAt: now.now(), Source: "operator", Actor: "tess", Lists: []string{"alerts"},
	}}, now.now()); err != nil {
		t.Fatal(err)
	}
	relay(t, s, h)
	if got, want := dump(t, s, `SELECT state, aws_state FROM heed.consent ORDER BY 1`), "(held,in_sync)\n(opted_out,in_sync)"; got != want {
		t.Errorf("register %s, want %s", got, want)
	}
	if !aws.listed["alerts "+zoe] {
		t.Error("off the list")
	}
}

// Who said START and was forgotten while AWS had them locked leaves its list when the 30 days are over, also where that
// fails at first. Then nothing is kept of it.
func TestForgottenWhileLockedLeavesTheList(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	aws := strictAWS(t, rulesYAML, "alerts "+zoe)
	var fails error = &types.ConflictException{Reason: types.ConflictExceptionReasonResourceDeletionNotAllowed}
	aws.fail = func(call, _ string) error {
		if call == "delete" {
			return fails
		}
		return nil
	}
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", zoe, acme, "START", now.now()})
	if done := forget(t, s, now.now()); done.Open != 1 {
		t.Fatalf("%+v", done)
	}
	now.advance(30 * 24 * time.Hour)
	fails = &types.AccessDeniedException{}
	relay(t, s, h)
	if r := retain(t, s, now.now(), keepAll); r.Forgotten != 0 {
		t.Errorf("what is to be tried again was removed: %+v\n%s", r, story(t, s, aws))
	}
	fails = nil
	now.advance(61 * time.Minute)
	relay(t, s, h)
	if r := retain(t, s, now.now(), keepAll); r.Forgotten != 1 || len(aws.lists()) > 0 {
		t.Errorf("%+v, listed %q\n%s", r, aws.lists(), story(t, s, aws))
	}
}
