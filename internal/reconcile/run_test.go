package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

const threeLists = `
version: 1
programs:
  a: {brand: A, optOutList: la, identities: ["+12065550100"]}
  b: {brand: B, optOutList: lb, identities: ["+12065550101"]}
  c: {brand: C, optOutList: lc, identities: ["+12065550102"], answers: aws}
`

// account is an account of AWS with its quotas, a database, and a clock that both go by. Waiting moves the clock.
type account struct {
	t      *testing.T
	clock  atomic.Int64 // nanoseconds since now
	double *simulator.Simulator
	db     *store.Store
	rules  *inbound.InForce
	runner *reconcile.Runner
	doer   *outbox.Executor
}

func (a *account) now() time.Time          { return now.Add(time.Duration(a.clock.Load())) }
func (a *account) advance(d time.Duration) { a.clock.Add(int64(d)) }

func open(t *testing.T, doc string, visibleAfter time.Duration) *account {
	t.Helper()
	a := &account{t: t}
	rules, findings := program.Parse("heed.yaml", []byte(doc))
	if rules == nil {
		t.Fatal(findings)
	}
	a.rules = inbound.NewInForce(rules, "")
	a.double = simulator.New(simulator.Options{Now: a.now, VisibleAfter: visibleAfter})
	for _, p := range rules.Programs {
		for _, id := range p.Identities {
			a.double.AddNumber(simulator.NumberSpec{
				Number: id, TwoWayTopic: "arn:aws:sns:us-east-1:111122223333:two-way", SelfManaged: p.Answers == program.AnswersHeed, OptOutList: p.OptOutList,
			})
		}
	}
	db, err := store.Open(t.Context(), store.Options{URL: dbtest.New(t), Connections: 4})
	must(t, err)
	t.Cleanup(db.Close)
	a.db = db
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://double"), HTTPClient: wire{a.double.Handler()},
		Credentials: credentials.NewStaticCredentialsProvider("dev", "dev", ""),
	}
	pace := func(perSecond int) eum.Pace {
		return eum.Pace{PerSecond: perSecond, Now: a.now, Sleep: func(_ context.Context, d time.Duration) error { a.advance(d); return nil }}
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	a.runner = &reconcile.Runner{Store: db, AWS: eum.NewAccount(cfg, pace(1)), Log: log, Now: a.now}
	// One at a time: the clock is everybody's, and who waits moves it under who calls.
	a.doer = &outbox.Executor{Store: db, AWS: eum.Paced(cfg, pace(10)), Log: log, Now: a.now, Parallel: 1}
	return a
}

// wire is HTTP without a network: answers faster than the SDK has closed its request cut the connection now and then,
// the SDK calls again, and this test counts calls.
type wire struct{ http.Handler }

func (w wire) Do(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer.Result(), nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is the i-th of a group.
func person(group, i int) sms.Phone { return sms.Phone(fmt.Sprintf("+1425%03d%04d", group, i)) }

func group(number, size int) []sms.Phone {
	people := make([]sms.Phone, size)
	for i := range people {
		people[i] = person(number, i)
	}
	return people
}

// list puts people on AWS's list behind heed's back.
func (a *account) list(name string, people ...sms.Phone) {
	a.t.Helper()
	for _, p := range people {
		_, err := a.double.PutOptedOutNumber(a.t.Context(), &api.PutOptedOutNumberInput{OptOutListName: &name, OptedOutNumber: aws.String(string(p))})
		must(a.t, err)
	}
}

func (a *account) unlist(name string, people ...sms.Phone) {
	a.t.Helper()
	for _, p := range people {
		_, err := a.double.DeleteOptedOutNumber(a.t.Context(), &api.DeleteOptedOutNumberInput{OptOutListName: &name, OptedOutNumber: aws.String(string(p))})
		must(a.t, err)
	}
}

// say writes consent into the register, and into AWS's lists nothing.
func (a *account) say(program string, state optout.State, people ...sms.Phone) {
	a.t.Helper()
	var changes []consent.Change
	for _, p := range people {
		changes = append(changes, consent.Change{Program: program, Contact: p, State: state, SaidAt: a.now(), Source: "operator", Actor: "test"})
	}
	_, err := a.db.RecordConsent(a.t.Context(), changes, a.now())
	must(a.t, err)
}

// reconcile runs the passes and what they plan, and gives the decisions of each list.
func (a *account) reconcile() map[string]map[reconcile.Decision]int {
	a.t.Helper()
	results, err := a.runner.Run(a.t.Context(), reconcile.Lists(a.rules.Ruleset), false)
	must(a.t, err)
	counts := map[string]map[reconcile.Decision]int{}
	for _, r := range results {
		if r.Busy || !r.Finished() {
			a.t.Fatalf("the pass over %s did not end: %+v", r.List, r)
		}
		counts[r.List] = r.Counts
		a.carryOut(r)
	}
	return counts
}

func (a *account) carryOut(r reconcile.Result) {
	a.t.Helper()
	for {
		chains, err := a.db.DueOfPass(a.t.Context(), r.List, r.StartedAt, a.now(), 50)
		must(a.t, err)
		if len(chains) == 0 {
			return
		}
		_, err = a.doer.RunChains(a.t.Context(), chains, a.rules)
		must(a.t, err)
	}
}

// calls counts the calls since a number of them, by operation and outcome.
func (a *account) calls(since int) map[string]int {
	counts := map[string]int{}
	for _, c := range a.double.Calls()[since:] {
		outcome := ""
		if c.Err != nil {
			outcome = " refused"
			if strings.Contains(c.Err.Error(), "Rate exceeded") {
				outcome = " throttled"
			}
		}
		counts[c.Operation+outcome]++
	}
	return counts
}

func (a *account) value(query string, args ...any) string {
	a.t.Helper()
	var v string
	must(a.t, a.db.Pool().QueryRow(a.t.Context(), `SELECT coalesce((`+query+`)::text, '')`, args...).Scan(&v))
	return v
}

// want holds the list of a program against the register: on it is who is opted out, and nobody else. Some are not looked
// at.
func (a *account) want(list, program string, except ...sms.Phone) {
	a.t.Helper()
	rows, err := a.db.Pool().Query(a.t.Context(), `SELECT contact, state FROM heed.consent WHERE program = $1`, program)
	must(a.t, err)
	defer rows.Close()
	n, wrong := 0, 0
	for rows.Next() {
		var contact sms.Phone
		var state string
		must(a.t, rows.Scan(&contact, &state))
		n++
		want := state == "opted_out"
		if !slices.Contains(except, contact) && a.double.OptedOut(list, contact) != want {
			if wrong++; wrong < 5 {
				a.t.Errorf("%s is %s for %s; on %s: %v", contact, state, program, list, !want)
			}
		}
	}
	if n == 0 || wrong > 0 {
		a.t.Errorf("%s: %d of %d people are not where they have to be", list, wrong, n)
	}
}

// 5,000 numbers on 3 lists, with the quotas of a new account, changes that show ten minutes late, and AWS's 30 days.
// One pass makes register and lists agree; it takes a call a page, one for each number that has to be put or taken off,
// and no other. A pass on its heels finds everything on its way, one on the next day everything agreed.
func TestFiveThousandNumbers(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 10*time.Minute)
	type some = map[reconcile.Decision]int
	// How AWS and heed came to where they are. Sizes are those of each list.
	stopped, unknown := [3][]sms.Phone{}, [3][]sms.Phone{}
	for i, size := range []int{1800, 1900, 900} {
		stopped[i], unknown[i] = group(100+i, size), group(200+i, 90)
	}
	back, held, own, absent, gone, late := group(300, 35), group(301, 5), group(302, 40), group(303, 130), group(304, 7), group(305, 9)
	lists, programs := []string{"la", "lb", "lc"}, []string{"a", "b", "c"}
	for i := range lists {
		a.say(programs[i], optout.OptedOut, stopped[i]...)
		a.list(lists[i], stopped[i]...)
		a.list(lists[i], unknown[i]...)
	}
	a.list("la", back...) // and opted in since
	a.list("lb", held...)
	a.unlist("lb", held...)
	a.advance(time.Hour)
	a.list("lb", held...) // and taken off already in these 30 days
	a.say("b", optout.OptedOut, held...)
	a.say("b", optout.OptedOut, absent...)
	a.list("lc", gone...)
	a.advance(time.Hour)
	a.say("c", optout.OptedIn, own...)
	a.say("a", optout.OptedIn, back...)
	a.say("b", optout.OptedIn, held...)
	a.advance(time.Hour)
	for _, p := range own { // AWS answers for c, and publishes nothing of it
		_, err := a.double.Text(t.Context(), p, "+12065550102", "STOP")
		must(t, err)
	}
	a.advance(time.Hour)
	a.say("a", optout.OptedOut, late...)
	numbers := 0
	for i := range lists {
		numbers += len(stopped[i]) + len(unknown[i])
	}
	numbers += len(back) + len(held) + len(own) + len(gone)
	filler := group(306, 5000-numbers)
	a.say("a", optout.OptedOut, filler...)
	a.list("la", filler...)
	a.advance(time.Hour)

	a.double.SetLimits(simulator.AWSLimits())
	before, began := len(a.double.Calls()), a.now()
	moment := group(307, 3)
	a.say("a", optout.OptedOut, moment...) // this very moment
	got := a.reconcile()
	want := map[string]map[reconcile.Decision]int{
		"la": some{reconcile.Agreed: 1800 + len(filler), reconcile.Recorded: 90, reconcile.Remove: 35, reconcile.Missing: 9, reconcile.InFlight: 3},
		"lb": some{reconcile.Agreed: 1900, reconcile.Recorded: 90, reconcile.Remove: 5, reconcile.Missing: 130},
		"lc": some{reconcile.Agreed: 900, reconcile.Recorded: 97, reconcile.Younger: 40},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	// la has 1968 numbers, lb 1995, lc 1037.
	if diff := cmp.Diff(map[string]int{
		"DescribeOptedOutNumbers": 20 + 20 + 11, "PutOptedOutNumber": 9 + 130, "DeleteOptedOutNumber": 35, "DeleteOptedOutNumber refused": 5,
	}, a.calls(before)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if took := a.now().Sub(began); took < 50*time.Second || took > 80*time.Second {
		t.Errorf("at AWS's pace it took %s", took)
	}
	a.want("la", "a", moment...)
	a.want("lb", "b", held...)
	a.want("lc", "c")
	if got, want := a.value(`SELECT count(*) || ' ' || min(aws_locked_until - $1) FROM heed.consent WHERE aws_state = 'locked'`, a.now().Truncate(time.Hour)), "5 "; !strings.HasPrefix(got, want) {
		t.Errorf("locked: %s", got)
	}
	if got := a.value(`SELECT count(*) FROM heed.consent_event WHERE source = 'aws' AND evidence ->> 'list' = 'lc' AND (evidence ->> 'EndUserOptedOut')::bool`); got != "40" {
		t.Errorf("%s opt-outs with AWS's flag in the evidence", got)
	}

	// On its heels: nothing of it shows at AWS yet, and nothing is done twice.
	a.advance(time.Minute)
	before = len(a.double.Calls())
	a.reconcile()
	if diff := cmp.Diff(map[string]int{"DescribeOptedOutNumbers": 20 + 20 + 11}, a.calls(before)); diff != "" {
		t.Errorf("calls of the pass behind (-want +got):\n%s", diff)
	}

	// The next day AWS has lost seven that heed knows from its list; the three that were in flight are put.
	a.unlist("lc", gone...)
	a.advance(24 * time.Hour)
	before = len(a.double.Calls())
	got = a.reconcile()
	want = map[string]map[reconcile.Decision]int{
		"la": some{reconcile.Agreed: 1933 + 9, reconcile.Missing: 3},
		"lb": some{reconcile.Agreed: 1900 + 90 + 130, reconcile.Locked: 5},
		"lc": some{reconcile.Agreed: 1030, reconcile.Left: 7},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decisions of the next day (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"DescribeOptedOutNumbers": 20 + 22 + 11, "PutOptedOutNumber": 3 + 7}, a.calls(before)); diff != "" {
		t.Errorf("calls of the next day (-want +got):\n%s", diff)
	}
	a.want("la", "a")
	a.want("lb", "b", held...)
	a.want("lc", "c")

	// When the 30 days are over, the relay takes off who was locked.
	a.advance(31 * 24 * time.Hour)
	if _, err := a.doer.RunDue(t.Context(), 100, a.rules); err != nil {
		t.Fatal(err)
	}
	a.want("lb", "b")
	before = len(a.double.Calls())
	for list, counts := range a.reconcile() {
		for d := range counts {
			if d.Drift() {
				t.Errorf("%s: %d %s in the end", list, counts[d], d)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"DescribeOptedOutNumbers": 20 + 22 + 11}, a.calls(before)); diff != "" {
		t.Errorf("calls when all agrees (-want +got):\n%s", diff)
	}
}

// flaky loses the database or AWS at some step of a pass.
type flaky struct {
	reconcile.Store
	reconcile.AWS
	left *int
}

var errKilled = errors.New("kill -9")

func (f flaky) OptedOut(ctx context.Context, list, token string) ([]reconcile.Entry, string, error) {
	if *f.left--; *f.left < 0 {
		return nil, "", errKilled
	}
	return f.AWS.OptedOut(ctx, list, token)
}

// A pass that ends at any page goes on with the next one: each page is read once.
func TestPassGoesOn(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.list("la", group(1, 450)...)
	a.list("lb", group(2, 230)...)
	before := len(a.double.Calls())
	whole := *a.runner
	whole.Every = time.Hour // a pass that ended is not begun anew
	for runs := 1; ; runs++ {
		left := 2
		some := whole
		some.AWS = flaky{AWS: whole.AWS, left: &left}
		results, err := some.Run(t.Context(), reconcile.Lists(a.rules.Ruleset), false)
		if err == nil {
			for _, r := range results {
				if !r.Finished() {
					t.Errorf("%s did not end", r.List)
				}
			}
			break
		}
		if !errors.Is(err, errKilled) || runs > 10 {
			t.Fatal(err)
		}
	}
	// An empty list costs one call.
	if got := a.calls(before)["DescribeOptedOutNumbers"]; got != 5+3+1 {
		t.Errorf("%d pages were read, want 9", got)
	}
	if got := a.value(`SELECT count(*) FROM heed.consent WHERE state = 'opted_out'`); got != "680" {
		t.Errorf("%s people are opted out, want 680", got)
	}
}

// A list that AWS does not have is told and does not keep the others from being compared; who is opted out waits.
func TestListThatAWSDoesNotHave(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	rules, findings := program.Parse("heed.yaml", []byte(strings.Replace(threeLists, "optOutList: la", "optOutList: nowhere", 1)))
	if rules == nil {
		t.Fatal(findings)
	}
	a.rules = inbound.NewInForce(rules, "")
	a.say("a", optout.OptedOut, group(1, 2)...)
	a.say("b", optout.OptedOut, group(1, 2)...)
	a.advance(time.Hour)
	got := a.reconcile()
	if diff := cmp.Diff(map[string]map[reconcile.Decision]int{"nowhere": {reconcile.NoList: 1}, "lb": {reconcile.Missing: 2}, "lc": {}}, got); diff != "" {
		t.Error(diff)
	}
	a.want("lb", "b")
}

// A dry run decides as the pass does, and changes neither the register nor what is planned, nor the pass that counts.
func TestDryRun(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.list("la", group(1, 3)...)
	a.say("a", optout.OptedOut, group(2, 2)...)
	a.advance(time.Hour)
	a.runner.DryRun = true
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Recorded: 3, reconcile.Missing: 2}, a.reconcile()["la"]); diff != "" {
		t.Error(diff)
	}
	if got := a.value(`SELECT (SELECT count(*) FROM heed.consent) || ' ' || (SELECT count(*) FROM heed.outbox) || ' ' || (SELECT count(*) FROM heed.reconcile WHERE NOT dry_run)`); got != "2 0 0" {
		t.Errorf("people, actions, passes: %s", got)
	}
	a.runner.DryRun = false
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Recorded: 3, reconcile.Missing: 2}, a.reconcile()["la"]); diff != "" {
		t.Error(diff)
	}
	if got := a.value(`SELECT count(*) FROM heed.reconcile_seen`); got != "0" {
		t.Errorf("%s numbers are kept after the pass", got)
	}
}

// Two workers do not read the same list: the second passes it by. The pass of a schedule waits for its time.
func TestOneWorkerAList(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	lists := reconcile.Lists(a.rules.Ruleset)
	held, err := a.db.HoldPass(t.Context(), lists[0], false)
	must(t, err)
	release := sync.OnceFunc(held.Release)
	t.Cleanup(release) // or the database waits for it
	results, err := a.runner.Run(t.Context(), lists, false)
	must(t, err)
	if !results[0].Busy || results[1].Busy || a.calls(0)["DescribeOptedOutNumbers"] != 2 {
		t.Errorf("%+v, calls %v", results, a.calls(0))
	}
	release()
	scheduled := *a.runner
	scheduled.Every = 24 * time.Hour
	for _, c := range []struct {
		why  string
		wait time.Duration
		want int
	}{
		{"the first list was never read", 0, 3},
		{"all were read today", time.Hour, 3},
		{"the day is over", 24 * time.Hour, 6},
	} {
		a.advance(c.wait)
		if _, err := scheduled.Run(t.Context(), lists, false); err != nil {
			t.Fatal(err)
		}
		if got := a.calls(0)["DescribeOptedOutNumbers"]; got != c.want {
			t.Errorf("%s: %d pages by now, want %d", c.why, got, c.want)
		}
	}
}

// overlapping is an AWS whose second page begins with the last number of the first.
type overlapping struct{}

func (overlapping) OptedOut(_ context.Context, _, token string) ([]reconcile.Entry, string, error) {
	entries := []reconcile.Entry{{Contact: person(1, 1), At: ago(day)}, {Contact: person(1, 2), At: ago(day)}, {Contact: person(1, 3), At: ago(day)}}
	if token == "" {
		return entries[:2], "second", nil
	}
	return entries[1:], "", nil
}

// A list that moves between two pages shows a number twice: it counts once.
func TestNumberOnTwoPages(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.runner.AWS = overlapping{}
	results, err := a.runner.Run(t.Context(), reconcile.Lists(a.rules.Ruleset)[:1], false)
	must(t, err)
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Recorded: 3}, results[0].Counts); diff != "" || results[0].Numbers != 3 || results[0].Pages != 2 {
		t.Errorf("%d numbers in %d pages: %s", results[0].Numbers, results[0].Pages, diff)
	}
}

// meanwhile lets something happen before a list is read.
type meanwhile struct {
	reconcile.AWS
	list string
	do   func()
}

func (m meanwhile) OptedOut(ctx context.Context, list, token string) ([]reconcile.Entry, string, error) {
	if list == m.list {
		m.do()
	}
	return m.AWS.OptedOut(ctx, list, token)
}

// Between the pages of a list and who is absent from it another worker may end the pass. That is no fault.
func TestAnotherWorkerEndsThePass(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	lists := reconcile.Lists(a.rules.Ruleset)
	other := *a.runner
	a.runner.AWS = meanwhile{a.runner.AWS, "lb", func() {
		if results, err := other.Run(t.Context(), lists[:1], false); err != nil || !results[0].Finished() {
			t.Errorf("the other worker: %+v %v", results, err)
		}
	}}
	results, err := a.runner.Run(t.Context(), lists, false)
	must(t, err)
	if !results[0].Busy || !results[1].Finished() || !results[2].Finished() {
		t.Errorf("%+v", results)
	}
}

// A person who was forgotten stays known by the keyed hash: their listing is no news, and no number of theirs comes back.
func TestForgottenPersonIsKnown(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.list("la", person(1, 1), person(1, 2))
	a.say("a", optout.OptedOut, person(1, 1))
	ctx := t.Context()
	for _, q := range []string{
		`INSERT INTO heed.pseudonym_key (inner_pad, outer_pad) VALUES ('\x36', '\x5c')`,
		`UPDATE heed.consent SET contact = heed.pseudonym(contact)`,
	} {
		if _, err := a.db.Pool().Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	a.advance(time.Hour)
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Agreed: 1, reconcile.Recorded: 1}, a.reconcile()["la"]); diff != "" {
		t.Error(diff)
	}
	if got := a.value(`SELECT count(*) FROM heed.consent WHERE contact = $1`, string(person(1, 1))); got != "0" {
		t.Error("the number came back into the register")
	}
}

// Under sender scope one STOP belongs on every list, and what one list tells is put on the others in the same run.
func TestSenderScope(t *testing.T) {
	t.Parallel()
	a := open(t, "consent: {scope: sender}"+threeLists, 0)
	a.list("lb", person(1, 1))
	a.advance(time.Hour)
	before := len(a.double.Calls())
	a.reconcile()
	for _, list := range []string{"la", "lb", "lc"} {
		if !a.double.OptedOut(list, person(1, 1)) {
			t.Errorf("not on %s", list)
		}
	}
	if diff := cmp.Diff(map[string]int{"DescribeOptedOutNumbers": 3, "PutOptedOutNumber": 2}, a.calls(before)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// AWS throttles although the pace was kept, because others use the account too: the page is asked for again.
func TestThrottledByOthers(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.list("la", group(1, 3)...)
	a.double.Fail("DescribeOptedOutNumbers", simulator.Fault{Throttle: true})
	if got := a.reconcile()["la"][reconcile.Recorded]; got != 3 {
		t.Errorf("%d recorded, want 3", got)
	}
}

// A token does not live for ever: with one that AWS does not know any more the list is begun anew.
func TestTokenThatAWSForgot(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	a.list("la", group(1, 250)...)
	left := 1
	some := *a.runner
	some.AWS = flaky{AWS: a.runner.AWS, left: &left}
	if _, err := some.Run(t.Context(), reconcile.Lists(a.rules.Ruleset), false); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if _, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.reconcile SET next_token = 'bm90aGluZw' WHERE list = 'la'`); err != nil {
		t.Fatal(err)
	}
	got := a.reconcile()["la"]
	if got[reconcile.Agreed]+got[reconcile.Recorded] != 250 || a.value(`SELECT count(*) FROM heed.consent`) != "250" {
		t.Errorf("%v", got)
	}
}

// A list of people that was imported without a call for each stands as pending. A pass that finds them where they belong
// says so; who came while it ran is left to the next.
func TestPassSaysWhoAgrees(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{threeLists, strings.Replace(threeLists, "version: 1\n", "version: 1\nconsent: {scope: sender}\n", 1)} {
		a := open(t, doc, 0)
		listed, absent, back := person(1, 1), person(1, 2), person(1, 3)
		for _, list := range []string{"la", "lb", "lc"} {
			a.list(list, listed)
		}
		a.advance(-48 * time.Hour)
		a.say("a", optout.OptedOut, listed, absent)
		a.say("a", optout.OptedIn, back)
		a.advance(48 * time.Hour)
		_, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.consent SET aws_state = 'pending'`)
		must(t, err)
		a.reconcile()
		a.advance(time.Hour)
		a.reconcile()
		if got := a.value(`SELECT string_agg(contact || ' ' || aws_state, ', ' ORDER BY contact) FROM heed.consent WHERE program = 'a'`); got !=
			fmt.Sprintf("%s in_sync, %s in_sync, %s in_sync", listed, absent, back) {
			t.Errorf("%.40q: %s", doc, got)
		}
	}
}

// until is a context whose deadline is by the clock of the test.
type until struct {
	context.Context
	at time.Time
}

func (u until) Deadline() (time.Time, bool) { return u.at, true }

// A pass that is at its deadline while it says who agrees goes on from there the next time, and asks AWS nothing again.
func TestAgreementGoesOn(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	people := group(1, 5000)
	a.list("la", people...)
	a.advance(-48 * time.Hour)
	a.say("a", optout.OptedOut, people...)
	a.advance(48 * time.Hour)
	_, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.consent SET aws_state = 'pending'`)
	must(t, err)
	in := func(state string) string {
		return a.value(`SELECT count(*) FROM heed.consent WHERE aws_state = $1`, state)
	}
	const minute = 10 * time.Minute // at AWS's pace, and then some
	scheduled := *a.runner
	scheduled.Every = 24 * time.Hour
	scheduled.Margin = time.Second
	scheduled.Tell = func(r reconcile.Result) {
		if in("in_sync") != "0" && !r.Finished() {
			a.advance(minute)
		}
	}
	lists := reconcile.Lists(a.rules.Ruleset)[:1]
	var seen []string
	var began time.Time
	for len(seen) < 10 {
		before := len(a.double.Calls())
		results, err := scheduled.Run(until{t.Context(), a.now().Add(minute)}, lists, false)
		must(t, err)
		seen = append(seen, in("in_sync"))
		if began.IsZero() {
			began = results[0].StartedAt
		} else if got := a.calls(before); len(got) > 0 || !results[0].StartedAt.Equal(began) {
			t.Errorf("the pass of %s goes on as that of %s, with %v", began, results[0].StartedAt, got)
		}
		if results[0].Finished() {
			break
		}
	}
	if diff := cmp.Diff([]string{"2000", "4000", "5000", "5000"}, seen); diff != "" {
		t.Errorf("agreed by the end of each run (-want +got):\n%s", diff)
	}
	if got := a.value(`SELECT (SELECT count(*) FROM heed.reconcile_seen) || ' ' || (SELECT count(*) FROM heed.outbox)`); got != "0 0" {
		t.Errorf("seen and planned: %s", got)
	}
}

// Whom a pass left for the next one, because they spoke a moment ago, stands as pending until then.
func TestPassSaysNothingOfWhoSpokeAMomentAgo(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	absent, back := person(1, 1), person(1, 2)
	a.list("la", back)
	a.advance(48 * time.Hour)
	a.say("a", optout.OptedOut, absent)
	a.say("a", optout.OptedIn, back)
	_, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.consent SET aws_state = 'pending'`)
	must(t, err)
	a.advance(5 * time.Minute)
	for _, want := range []string{"pending", "in_sync"} {
		got := a.reconcile()["la"]
		if register := a.value(`SELECT string_agg(contact || ' ' || aws_state, ', ' ORDER BY contact) FROM heed.consent`); register != fmt.Sprintf("%s %s, %s %s", absent, want, back, want) {
			t.Errorf("%v: %s, want all %s", got, register, want)
		}
		a.advance(time.Hour)
	}
	if !a.double.OptedOut("la", absent) || a.double.OptedOut("la", back) {
		t.Error("the second pass did not make the list agree")
	}
}

// What failed so long ago that the relay has given it up is no matter where a pass finds the list as it is to be.
func TestPassOutweighsWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	who := person(1, 1)
	_, err := a.db.RecordConsent(t.Context(), []consent.Change{{Program: "a", Contact: who, State: optout.OptedOut, SaidAt: a.now(), Source: "operator", Lists: []string{"la"}}}, a.now())
	must(t, err)
	_, err = a.db.Pool().Exec(t.Context(), `UPDATE heed.outbox SET state = 'failed', error = 'access_denied', settled_at = created_at`)
	must(t, err)
	a.list("la", who) // by an operator, who saw that heed could not
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{time.Hour, "pending"}, {31 * 24 * time.Hour, "in_sync"}} {
		a.advance(c.after)
		got := a.reconcile()["la"]
		if register := a.value(`SELECT aws_state FROM heed.consent`); register != c.want {
			t.Errorf("%v: %s, want %s", got, register, c.want)
		}
	}
}

// Under sender scope that counts of each list: the one that left them to its next pass does not agree because another does.
func TestPassSaysNothingForAListThatLeftThem(t *testing.T) {
	t.Parallel()
	a := open(t, strings.Replace(threeLists, "version: 1\n", "version: 1\nconsent: {scope: sender}\n", 1), 0)
	who := person(1, 1)
	a.list("la", who)
	a.list("lc", who)
	a.advance(48 * time.Hour)
	a.say("a", optout.OptedOut, who)
	_, err := a.db.Pool().Exec(t.Context(), `UPDATE heed.consent SET aws_state = 'pending'`)
	must(t, err)
	lists := reconcile.Lists(a.rules.Ruleset)
	a.advance(5 * time.Minute)
	_, err = a.runner.Run(t.Context(), lists[1:], false) // lb among them, which leaves them
	must(t, err)
	a.advance(time.Hour)
	_, err = a.runner.Run(t.Context(), lists[:1], false)
	must(t, err)
	if got := a.value(`SELECT aws_state FROM heed.consent`); got != "pending" || a.double.OptedOut("lb", who) {
		t.Errorf("%s, on lb %t", got, a.double.OptedOut("lb", who))
	}
}

// Nor of whom it left to the relay, because what another program planned on the list they share failed.
func TestPassSaysNothingOfWhomAFailureKeeps(t *testing.T) {
	t.Parallel()
	a := open(t, strings.Replace(threeLists, "optOutList: lb", "optOutList: la", 1), 0)
	who := person(1, 1)
	_, err := a.db.RecordConsent(t.Context(), []consent.Change{{Program: "b", Contact: who, State: optout.OptedOut, SaidAt: a.now(), Source: "operator", Lists: []string{"la"}}}, a.now())
	must(t, err)
	a.say("a", optout.OptedOut, who)
	_, err = a.db.Pool().Exec(t.Context(), `UPDATE heed.outbox SET state = 'failed', error = 'access_denied', settled_at = created_at`)
	must(t, err)
	_, err = a.db.Pool().Exec(t.Context(), `UPDATE heed.consent SET aws_state = 'pending'`)
	must(t, err)
	a.advance(time.Hour)
	got := a.reconcile()["la"]
	if register := a.value(`SELECT string_agg(program || ' ' || aws_state, ', ' ORDER BY program) FROM heed.consent`); register != "a pending, b pending" {
		t.Errorf("%v: %s", got, register)
	}
}

// Nobody is taken off a list without a look at the entry: who said stop to AWS since the opt-in that somebody records
// stays on it, and it becomes evidence.
func TestRecordedOptInDoesNotFreeWhoStoppedSince(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	stopped, back := person(1, 1), person(1, 2)
	a.list("la", stopped, back)
	a.advance(time.Hour)
	_, err := a.db.RecordConsent(t.Context(), []consent.Change{
		{Program: "a", Contact: stopped, State: optout.OptedIn, SaidAt: a.now().Add(-24 * time.Hour), Source: "operator", Lists: []string{"la"}},
		{Program: "a", Contact: back, State: optout.OptedIn, SaidAt: a.now(), Source: "operator", Lists: []string{"la"}},
	}, a.now())
	must(t, err)
	_, err = a.doer.RunDue(t.Context(), 10, a.rules)
	must(t, err)
	if !a.double.OptedOut("la", stopped) || !a.double.OptedOut("la", back) {
		t.Fatal("taken off without a look")
	}
	a.advance(time.Hour)
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Younger: 1, reconcile.Remove: 1}, a.reconcile()["la"]); diff != "" {
		t.Error(diff)
	}
	if !a.double.OptedOut("la", stopped) || a.double.OptedOut("la", back) {
		t.Errorf("listed: who stopped since %v, who came back %v", a.double.OptedOut("la", stopped), a.double.OptedOut("la", back))
	}
	if got := a.value(`SELECT state FROM heed.consent WHERE contact = $1`, stopped); got != "opted_out" {
		t.Errorf("who stopped since is %s", got)
	}
}

// An opt-out of the review queue that was taken back leaves AWS's list, where heed put the number; a listing that was
// there before stays.
func TestReleasedListingGoes(t *testing.T) {
	t.Parallel()
	a := open(t, threeLists, 0)
	fresh, before := person(1, 1), person(1, 2)
	a.list("la", before)
	a.advance(time.Hour)
	a.say("a", optout.Held, fresh, before)
	decide := func(as string) {
		for _, who := range []sms.Phone{fresh, before} {
			var id int64
			must(t, a.db.Pool().QueryRow(t.Context(), `SELECT id FROM heed.consent_event WHERE contact = $1 AND of_event IS NULL`, string(who)).Scan(&id))
			_, err := a.db.Decide(t.Context(), consent.Decision{ID: id, As: as, Reason: "r", Actor: "zoe", Lists: []string{"la"}}, a.now())
			must(t, err)
		}
		_, err := a.doer.RunDue(t.Context(), 10, a.rules)
		must(t, err)
		a.advance(time.Hour)
	}
	decide("opt_out")
	decide("none")
	a.reconcile()
	if a.double.OptedOut("la", fresh) || !a.double.OptedOut("la", before) {
		t.Errorf("listed by heed: still there %v; listed before: still there %v", a.double.OptedOut("la", fresh), a.double.OptedOut("la", before))
	}
	a.advance(time.Hour)
	if diff := cmp.Diff(map[reconcile.Decision]int{reconcile.Agreed: 1}, a.reconcile()["la"]); diff != "" {
		t.Error(diff)
	}
	if got := a.value(`SELECT string_agg(contact || ' ' || state, ', ' ORDER BY contact) FROM heed.consent`); got != string(before)+" opted_out" {
		t.Errorf("consent: %s", got)
	}
}
