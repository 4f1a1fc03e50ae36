package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const listRules = `
version: 1
programs:
  alerts: {brand: Acme, optOutList: alerts, identities: ["+12065550100", "+12065550101"]}
  shop: {brand: Acme Shop, optOutList: shop, identities: ["+12065550102"], answers: aws}
`

// lists is an account of AWS and a database, for heed reconcile.
type lists struct {
	t      *testing.T
	db     *store.Store
	double *simulator.Simulator
}

func newLists(t *testing.T) *lists {
	t.Helper()
	url := dbtest.New(t)
	l := &lists{t: t, double: simulator.New(simulator.Options{})}
	l.double.AddNumber(simulator.NumberSpec{Number: "+12065550100", TwoWayTopic: "arn:aws:sns:us-east-1:111122223333:texts", SelfManaged: true, OptOutList: "alerts"})
	l.double.AddNumber(simulator.NumberSpec{Number: "+12065550101", TwoWayTopic: "arn:aws:sns:us-east-1:111122223333:texts", OptOutList: "alerts"})
	l.double.AddNumber(simulator.NumberSpec{Number: "+12065550102", TwoWayTopic: "arn:aws:sns:us-east-1:111122223333:texts", OptOutList: "shop"})
	server := httptest.NewServer(l.double.Handler())
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"DATABASE_URL": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "dev", "AWS_SECRET_ACCESS_KEY": "dev",
		"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": server.URL, "HEED_AWS_CALLS_PER_SECOND": "1000", "HEED_AWS_OPTOUT_CALLS_PER_SECOND": "1000",
	} {
		t.Setenv(name, value)
	}
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	l.db = db
	rules, findings := program.Parse("heed.yaml", []byte(listRules))
	if rules == nil {
		t.Fatal(findings)
	}
	if _, _, err := db.ApplyRuleset(t.Context(), []byte(listRules), rules.Settings(), "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lists) listed(list string, people ...sms.Phone) {
	l.t.Helper()
	for _, p := range people {
		if _, err := l.double.PutOptedOutNumber(l.t.Context(), &pinpointsmsvoicev2.PutOptedOutNumberInput{OptOutListName: &list, OptedOutNumber: aws.String(string(p))}); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *lists) said(program string, state optout.State, ago time.Duration, people ...sms.Phone) {
	l.t.Helper()
	var changes []consent.Change
	for _, p := range people {
		changes = append(changes, consent.Change{Program: program, Contact: p, State: state, SaidAt: time.Now().Add(-ago), Source: "operator", Actor: "test"})
	}
	if _, err := l.db.RecordConsent(l.t.Context(), changes, time.Now()); err != nil {
		l.t.Fatal(err)
	}
}

// run runs heed reconcile.
func (l *lists) run(code int, args ...string) (stdout, stderr string) {
	l.t.Helper()
	var out, errs bytes.Buffer
	if got := run(context.Background(), append([]string{"reconcile"}, args...), terminal{strings.NewReader(""), &out, &errs}); got != code {
		l.t.Errorf("heed reconcile %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func (l *lists) wantOutput(want string, code int, args ...string) {
	l.t.Helper()
	if got, _ := l.run(code, args...); got != want {
		l.t.Errorf("heed reconcile %s says\n%s\nwant\n%s", strings.Join(args, " "), got, want)
	}
}

// An operator looks first, plans, and has it done; the report says what was found and what became of it.
func TestReconcileCommand(t *testing.T) {
	l := newLists(t)
	l.listed("alerts", "+14255550101", "+14255550102")
	l.said("alerts", optout.OptedOut, time.Hour, "+14255550103", "+14255550104")
	found := `alerts: 2 numbers at AWS, in 1 pages
       2  listed at AWS, unknown here: opt-out recorded
       2  opted out here, not listed: to be put on the list
`
	l.wantOutput(found+"shop: 0 numbers at AWS, in 1 pages\n", exitNo, "--dry-run", "--no-setup")
	if l.double.OptedOut("alerts", "+14255550103") {
		t.Error("a dry run put a number on the list")
	}
	l.wantOutput(found+"       2  planned: left to the relay\n", 0, "--list", "alerts", "--no-setup", "--plan-only")
	l.wantOutput(found+"       2  done: put on the list\nshop: 0 numbers at AWS, in 1 pages\n", 0, "--no-setup")
	l.wantOutput("alerts: 4 numbers at AWS, in 1 pages\n       4  agreed\n", 0, "--list", "alerts", "--no-setup")
	if _, stderr := l.run(exitUsage, "--list", "nobodys"); !strings.Contains(stderr, "nobodys") {
		t.Errorf("of a list that nobody keeps it says %s", stderr)
	}
}

// What a person has to know ends with exit code 1: a number that AWS holds, and how the numbers are set up.
func TestReconcileCommandTellsWhatRemains(t *testing.T) {
	l := newLists(t)
	const back = sms.Phone("+14255550101")
	l.listed("alerts", back)
	if _, err := l.double.DeleteOptedOutNumber(t.Context(), &pinpointsmsvoicev2.DeleteOptedOutNumberInput{OptOutListName: aws.String("alerts"), OptedOutNumber: aws.String(string(back))}); err != nil {
		t.Fatal(err)
	}
	l.double.Advance(-2 * time.Hour)
	l.listed("alerts", back)
	l.double.Advance(2 * time.Hour)
	l.said("alerts", optout.OptedIn, time.Hour, back)
	day := time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly)
	l.wantOutput(`alerts: 1 numbers at AWS, in 1 pages
       1  opted in here, listed from before: to be taken off
       1  locked: AWS lets a number go once in 30 days; the relay tries again, from `+day+" on\n", exitNo, "--list", "alerts", "--no-setup")
	l.wantOutput(`alerts: 1 numbers at AWS, in 1 pages
       1  opted in here, held by AWS's 30 days
       1  locked: AWS lets a number go once in 30 days; the relay tries again, from `+day+` on
shop: 0 numbers at AWS, in 1 pages
set-up: alerts +12065550101 is AWS-managed and heed.yaml says answers: heed: people get two answers, or heed never hears their STOP [mode_differs]
set-up: alerts as a whole: numbers in both modes: self-managed +12065550100; AWS-managed +12065550101 [mixed_modes]
`, exitNo)
	out, _ := l.run(exitNo, "--json")
	var report reconcileReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Lists) != 2 || report.Lists[0].Locked.Numbers != 1 || len(report.Setup) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}
