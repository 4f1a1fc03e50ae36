package endtoend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const threeLists = `
version: 1
programs:
  a: {brand: A, optOutList: la, identities: ["+12065550100"]}
  b: {brand: B, optOutList: lb, identities: ["+12065550101"]}
  c: {brand: C, optOutList: lc, identities: ["+12065550102"]}
`

// heed runs the command line as an operator does, and kills it (kill -9) when the channel says so.
func (s *stage) heed(kill <-chan struct{}, args ...string) (stdout string, code int) {
	s.t.Helper()
	var out, log bytes.Buffer
	cmd := exec.Command(binary(s.t, "heed"), args...)
	cmd.Env = []string{
		"DATABASE_URL=" + s.dbURL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2=" + s.api.URL, "HEED_AWS_CALLS_PER_SECOND=20", "HEED_AWS_OPTOUT_CALLS_PER_SECOND=200",
		"HOME=" + s.t.TempDir(), "PATH=" + os.Getenv("PATH"),
	}
	cmd.Stdout, cmd.Stderr = &out, &log
	must(s.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	select {
	case err = <-ended:
	case <-kill:
		must(s.t, cmd.Process.Signal(syscall.SIGKILL))
		err = <-ended
	case <-time.After(2 * time.Minute):
		_ = cmd.Process.Kill()
		s.t.Fatalf("heed %v does not end", args)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	if log.Len() > 0 {
		s.t.Logf("heed %v: %s", args, log.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// seed gives 5,000 numbers to three lists and a register that differs: some are known on one side only, some came back,
// one of those within AWS's 30 days.
func (s *stage) seed() (absent, unknown, back int) {
	s.t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: s.dbURL})
	must(s.t, err)
	defer db.Close()
	now := time.Now()
	var changes []consent.Change
	say := func(program string, contact sms.Phone, state optout.State, ago time.Duration) {
		changes = append(changes, consent.Change{Program: program, Contact: contact, State: state, SaidAt: now.Add(-ago), Source: "operator", Actor: "test"})
	}
	for list, program := range []string{"a", "b", "c"} {
		for i := range []int{1700, 2000, 1300}[list] {
			contact := sms.Phone(fmt.Sprintf("+1425%d%06d", list, i))
			s.put("l"+program, contact)
			switch {
			case i%20 == 0:
				unknown++
			case i%50 == 1:
				back++
				say(program, contact, optout.OptedOut, 48*time.Hour)
				say(program, contact, optout.OptedIn, 2*time.Hour)
			default:
				say(program, contact, optout.OptedOut, 48*time.Hour)
			}
		}
		for i := range 60 {
			absent++
			say(program, sms.Phone(fmt.Sprintf("+1425%d9%05d", list, i)), optout.OptedOut, 48*time.Hour)
		}
	}
	_, err = db.RecordConsent(ctx, changes, now)
	must(s.t, err)
	return absent, unknown, back
}

func (s *stage) put(list string, contact sms.Phone) {
	s.t.Helper()
	must(s.t, second(s.double.PutOptedOutNumber(context.Background(), &pinpointsmsvoicev2.PutOptedOutNumberInput{
		OptOutListName: aws.String(list), OptedOutNumber: aws.String(string(contact)),
	})))
}

// heed reconcile over 5,000 numbers on 3 lists whose changes show late, with twenty times AWS's quotas so that it ends in
// seconds; killed with kill -9 between two pages, and again while it puts numbers on lists. Run a third time it ends:
// lists and register agree, no page was read twice but the one under way, no number put twice but those of the claim
// under way.
func TestReconcileKilled(t *testing.T) {
	t.Parallel()
	s := newStageOf(t, simulator.Options{Seed: 1, VisibleAfter: time.Minute, Now: func() time.Time { return time.Now().Add(-24 * time.Hour) }})
	for _, p := range []string{"a", "b", "c"} {
		s.double.AddNumber(simulator.NumberSpec{Number: sms.Identity("+1206555010" + fmt.Sprint(strings.Index("abc", p))), TwoWayTopic: twoWay, SelfManaged: true, OptOutList: "l" + p})
	}
	s.apply(threeLists)
	absent, unknown, back := s.seed()
	s.double.Advance(24 * time.Hour) // the lists were there yesterday
	s.double.SetLimits(&simulator.Limits{PerSecond: map[string]int{"PutOptedOutNumber": 250, "DeleteOptedOutNumber": 250}, Others: 25})
	// An answer that is there before the SDK has closed its request cuts the connection now and then, and the SDK calls
	// again. A network is slower than this machine.
	s.double.Fail("DescribeOptedOutNumbers", simulator.Fault{Times: -1, Delay: 20 * time.Millisecond})
	before := len(s.double.Calls())

	killAt := func(operation string, n int64) <-chan struct{} {
		kill, seen := make(chan struct{}), atomic.Int64{}
		s.onCall = func(phase simulator.Phase, op string) {
			if phase == simulator.AfterEffect && op == operation && seen.Add(1) == n {
				close(kill)
			}
		}
		return kill
	}
	if _, code := s.heed(killAt("DescribeOptedOutNumbers", 23), "reconcile", "--no-setup"); code != -1 {
		t.Fatalf("not killed while reading: exit %d", code)
	}
	if read := s.value(`SELECT sum(pages) FROM heed.reconcile`); read != "22" && read != "23" {
		t.Errorf("%s pages are kept of 23 that were read", read)
	}
	if _, code := s.heed(killAt("PutOptedOutNumber", 70), "reconcile", "--no-setup"); code != -1 {
		t.Fatalf("not killed while putting: exit %d", code)
	}
	s.onCall = nil
	pages := 0
	for _, c := range s.double.Calls()[before:] {
		if c.Operation == "DescribeOptedOutNumbers" && c.Err == nil {
			pages++
		}
	}
	// 17 + 20 + 13, and the page that the first process had not kept.
	if pages < 50 || pages > 51 {
		t.Errorf("%d pages were read, want 50 and at most the one that was lost", pages)
	}

	report, code := s.heed(nil, "reconcile", "--no-setup", "--json")
	if code != 0 {
		t.Errorf("exit %d: %s", code, report)
	}
	var told struct {
		Lists []struct {
			List   string
			Counts map[string]int
		}
	}
	if err := json.Unmarshal([]byte(report), &told); err != nil || len(told.Lists) != 3 {
		t.Fatalf("%v: %s", err, report)
	}
	puts, deletes := 0, 0
	for _, c := range s.double.Calls()[before:] {
		switch c.Operation {
		case "PutOptedOutNumber":
			puts++
		case "DeleteOptedOutNumber":
			deletes++
		}
		if c.Err != nil && strings.Contains(c.Err.Error(), "Rate exceeded") {
			t.Errorf("%s was throttled", c.Operation)
		}
	}
	const claim = 20
	if puts < absent || puts > absent+claim {
		t.Errorf("%d numbers were put, want %d and at most those of the claim that died", puts, absent)
	}
	if deletes < back || deletes > back+claim {
		t.Errorf("%d numbers were taken off, want %d", deletes, back)
	}
	s.want(`SELECT count(*) FROM heed.consent_event WHERE source = 'aws'`, fmt.Sprint(unknown))
	s.want(`SELECT count(*) FROM heed.outbox WHERE state <> 'done'`, "0")
	rows, err := s.db.Query(context.Background(), `SELECT program, contact, state FROM heed.consent`)
	must(t, err)
	defer rows.Close()
	people := 0
	for rows.Next() {
		var program, state string
		var contact sms.Phone
		must(t, rows.Scan(&program, &contact, &state))
		if people++; s.double.OptedOut("l"+program, contact) != (state == "opted_out") {
			t.Errorf("%s is %s, on AWS's list: %v", contact, state, state != "opted_out")
		}
	}
	if people != 5000+absent {
		t.Errorf("%d people in the register, want %d", people, 5000+absent)
	}
}
