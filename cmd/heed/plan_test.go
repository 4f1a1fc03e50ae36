package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/neighbours"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/stack"
	"github.com/heedsms/heed/internal/store"
)

const setUpRules = `version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    configurationSet: alerts
    identities: ["+12065550100", "+12065550101"]
    messageType: transactional
    deletionProtection: true
    texts:
      help: "{{.Brand}}: help at acme.example. Msg & data rates may apply. Reply STOP to end."
    keywords:
      - {words: [HOURS], reply: "We are open 9 to 5."}
      - {words: [BAJA], action: opt_out}
  shop:
    brand: Acme Shop
    optOutList: shop
    configurationSet: shop
    identities: ["+18005550150"]
    answers: aws
    keywords:
      - {words: [HOURS], reply: "We are open 9 to 5."}
`

// The outputs of the deployment that the tests set up for.
const (
	deployedTopic  = "arn:aws:sns:us-east-1:111122223333:heed-inbound"
	deployedEvents = "arn:aws:sns:us-east-1:111122223333:heed-events"
	deployedStream = "arn:aws:firehose:us-east-1:111122223333:deliverystream/heed-events"
	deployedRole   = "arn:aws:iam::111122223333:role/heed-events-stream"
	otherTopic     = "arn:aws:sns:us-east-1:111122223333:other-system"
)

func outputs() map[string]string {
	return map[string]string{
		"InboundTopicArn": deployedTopic, "InboundQueueUrl": "https://queue/in", "InboundDeadLettersUrl": "https://queue/dead",
		"EventsTopicArn": deployedEvents, "EventsStreamArn": deployedStream, "EventsStreamRoleArn": deployedRole,
	}
}

// operator is an operator with an account of AWS, a database and a file. Time stands still but for who waits for a turn,
// and AWS allows one call a second.
type operator struct {
	t         *testing.T
	double    *simulator.Simulator
	database  string
	file      string
	endpoint  string
	outputs   map[string]string
	number    string // the id of +12065550100
	pooled    string // of +12065550101, which sits in pool
	tollFree  string // of +18005550150
	pool      string
	others    int // how many calls were made before heed's last ones
	onCall    func(phase simulator.Phase, operation string)
	mu        sync.Mutex
	time      time.Time
	out, errs bytes.Buffer
}

func newOperator(t *testing.T, rules string) *operator {
	t.Helper()
	o := &operator{t: t, database: dbtest.New(t), outputs: outputs(), time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	o.onCall = func(simulator.Phase, string) {}
	o.double = simulator.New(simulator.Options{
		Now: o.now, Limits: simulator.AWSLimits(), OnCall: func(p simulator.Phase, operation string) { o.onCall(p, operation) },
	})
	server := httptest.NewServer(o.double.Handler())
	t.Cleanup(server.Close)
	o.endpoint = server.URL
	o.number = o.double.AddNumber(simulator.NumberSpec{Number: "+12065550100"})
	o.pooled = o.double.AddNumber(simulator.NumberSpec{Number: "+12065550101"})
	o.tollFree = o.double.AddNumber(simulator.NumberSpec{Number: "+18005550150"})
	made, err := o.double.CreatePool(t.Context(), &api.CreatePoolInput{OriginationIdentity: &o.pooled, IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional})
	if err != nil {
		t.Fatal(err)
	}
	o.pool = *made.PoolId
	o.others = len(o.double.Calls())
	o.write(rules)
	return o
}

// write makes rules the operator's file. The pool's numbers stand in it.
func (o *operator) write(rules string) {
	o.t.Helper()
	if o.file == "" {
		o.file = filepath.Join(o.t.TempDir(), "heed.yaml")
	}
	if err := os.WriteFile(o.file, []byte(strings.ReplaceAll(rules, "POOL", o.pool)), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *operator) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *operator) sleep(ctx context.Context, d time.Duration) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(max(d, 0))
	return ctx.Err()
}

// setUp is what a command works on, on the operator's clock. A minute goes by between two commands.
func (o *operator) setUp() *setUp {
	o.t.Helper()
	_ = o.sleep(o.t.Context(), time.Minute)
	rules, findings, document, err := readRules(o.file)
	if err != nil || rules == nil {
		o.t.Fatal(err, findings)
	}
	deployed, err := stack.Of(o.outputs)
	if err != nil {
		o.t.Fatal(err)
	}
	db, err := store.Open(o.t.Context(), store.Options{URL: o.database})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(db.Close)
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &o.endpoint, Credentials: credentials.NewStaticCredentialsProvider("dev", "dev", "")}
	return &setUp{
		rules: rules, document: document, wanted: plan.Want(rules, deployed), db: db,
		account: eum.Setup{Account: eum.NewAccount(cfg, eum.Pace{PerSecond: 1, Now: o.now, Sleep: o.sleep})},
	}
}

// plan is heed plan: what it says.
func (o *operator) plan() plan.Plan {
	o.t.Helper()
	p, err := o.setUp().compare(o.t.Context(), terminal{err: &o.errs})
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// apply is heed apply --yes --accept-danger.
func (o *operator) apply(ctx context.Context) error {
	o.t.Helper()
	s := o.setUp()
	right, err := s.db.HoldApply(o.t.Context(), "test", o.now())
	if err != nil {
		o.t.Fatal(err)
	}
	defer right.Release(ctx)
	o.out.Reset()
	a := &applying{
		command: applyCommand{File: o.file, Yes: true, AcceptDanger: true}, terminal: terminal{out: &o.out, err: &o.errs}, setUp: s, right: right,
	}
	return a.run(ctx)
}

// settled applies, and wants nothing to be left and no call to have been throttled.
func (o *operator) settled() {
	o.t.Helper()
	if err := o.apply(o.t.Context()); err != nil {
		o.t.Fatalf("apply: %v\n%s%s", err, o.out.String(), o.errs.String())
	}
	if p := o.plan(); !p.Empty() {
		o.t.Errorf("the second plan is not empty: %+v", p)
	}
	o.paced()
	for _, f := range o.diagnosis() {
		if f.Severity != doctor.Advice {
			o.t.Errorf("heed apply is content, and heed doctor says %+v", f)
		}
	}
}

// diagnosis is what heed doctor says of the set-up.
func (o *operator) diagnosis() []doctor.Finding {
	o.t.Helper()
	s := o.setUp()
	found, err := plan.Read(o.t.Context(), s.account, s.rules, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	deployed, err := stack.Of(o.outputs)
	if err != nil {
		o.t.Fatal(err)
	}
	w := doctor.Setup{Names: doctor.Names{File: o.file, Region: "us-east-1"}, Rules: s.rules, Stack: &deployed}
	return append(doctor.Numbers(&found, w), doctor.Destinations(&found, w)...)
}

// paced wants AWS to have been called once a second, and to have throttled nobody.
func (o *operator) paced() {
	o.t.Helper()
	var last time.Time
	for _, c := range o.double.Calls()[o.others:] {
		var throttled *types.ThrottlingException
		if errors.As(c.Err, &throttled) {
			o.t.Errorf("%s was throttled", c.Operation)
		}
		if !last.IsZero() && c.At.Sub(last) < time.Second {
			o.t.Errorf("%s came %s after the call before", c.Operation, c.At.Sub(last))
		}
		last = c.At
	}
}

// directly does something to the account that is no call of heed's.
func (o *operator) directly(do func(ctx context.Context, d *simulator.Simulator) error) {
	o.t.Helper()
	o.double.SetLimits(nil)
	if err := do(o.t.Context(), o.double); err != nil {
		o.t.Fatal(err)
	}
	o.double.SetLimits(simulator.AWSLimits())
	o.others = len(o.double.Calls())
}

// environment makes the operator's account and database those of the commands, which then run in real time.
func (o *operator) environment() {
	o.t.Helper()
	next := neighbours.New(neighbours.Options{})
	next.SetStack("heed", outputs())
	server := httptest.NewServer(next)
	o.t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"DATABASE_URL": o.database, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "dev", "AWS_SECRET_ACCESS_KEY": "dev",
		"AWS_ENDPOINT_URL": server.URL, "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": o.endpoint, "HEED_AWS_CALLS_PER_SECOND": "1000", "AWS_CONFIG_FILE": "/dev/null",
	} {
		o.t.Setenv(name, value)
	}
}

// From an account that has its numbers and nothing else: all that is needed is made, in the order that is safe, one call
// a second; then a text of a person reaches the topic, and the second plan is empty.
func TestApplyFromNothing(t *testing.T) {
	t.Parallel()
	o := newOperator(t, setUpRules)
	before := len(o.double.Calls())
	o.settled()
	var done []string
	for _, c := range o.double.Calls()[before:] {
		if !strings.HasPrefix(c.Operation, "Describe") && !strings.HasPrefix(c.Operation, "List") {
			done = append(done, c.Operation)
		}
	}
	want := slices.Concat(slices.Repeat([]string{"CreateOptOutList"}, 2), slices.Repeat([]string{"CreateConfigurationSet"}, 2),
		[]string{"SetDefaultMessageType"}, slices.Repeat([]string{"CreateEventDestination"}, 4), slices.Repeat([]string{"PutKeyword"}, 2+2+3),
		[]string{"UpdatePhoneNumber", "UpdatePhoneNumber", "UpdatePool"})
	if diff := cmp.Diff(want, done); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(o.out.String(), "version 1 is in force: 2 programs") || !strings.Contains(o.out.String(), "Read again: all is as heed.yaml says.") {
		t.Errorf("it says\n%s", o.out.String())
	}
	for _, to := range []sms.Identity{"+12065550100", "+12065550101"} {
		if _, err := o.double.Text(t.Context(), "+14255550101", to, "STOP"); err != nil {
			t.Fatal(err)
		}
	}
	heard := 0
	for _, n := range o.double.Published() {
		if n.TopicARN == deployedTopic && strings.Contains(n.Message, `"messageBody":"STOP"`) {
			heard++
		}
	}
	if heard != 2 {
		t.Errorf("%d of 2 STOPs reached the topic", heard)
	}
	if _, err := o.double.Text(t.Context(), "+14255550102", "+18005550150", "STOP"); err != nil || !o.double.OptedOut("shop", "+14255550102") {
		t.Errorf("AWS does not list who texts STOP to a number that it answers: %v", err)
	}
}

// Each kind of drift: what somebody did, what heed plan says of it, and that heed apply mends it.
func TestApplyDrift(t *testing.T) {
	t.Parallel()
	type drift struct {
		sentence string
		did      func(ctx context.Context, o *operator, d *simulator.Simulator) error
		says     []string // op, thing and field, and ! where it is dangerous
	}
	number := func(change api.UpdatePhoneNumberInput) func(context.Context, *operator, *simulator.Simulator) error {
		return func(ctx context.Context, o *operator, d *simulator.Simulator) error {
			change.PhoneNumberId = &o.number
			_, err := d.UpdatePhoneNumber(ctx, &change)
			return err
		}
	}
	keyword := func(on func(*operator) string, word, message string, action types.KeywordAction) func(context.Context, *operator, *simulator.Simulator) error {
		return func(ctx context.Context, o *operator, d *simulator.Simulator) error {
			_, err := d.PutKeyword(ctx, &api.PutKeywordInput{OriginationIdentity: aws.String(on(o)), Keyword: &word, KeywordMessage: &message, KeywordAction: action})
			return err
		}
	}
	theNumber, theTollFree, thePool := func(o *operator) string { return o.number }, func(o *operator) string { return o.tollFree }, func(o *operator) string { return o.pool }
	destination := func(change api.UpdateEventDestinationInput) func(context.Context, *operator, *simulator.Simulator) error {
		return func(ctx context.Context, _ *operator, d *simulator.Simulator) error {
			change.ConfigurationSetName = aws.String("alerts")
			_, err := d.UpdateEventDestination(ctx, &change)
			return err
		}
	}
	for _, row := range []drift{
		{"two-way is turned off", number(api.UpdatePhoneNumberInput{TwoWayEnabled: aws.Bool(false), SelfManagedOptOutsEnabled: aws.Bool(false)}), []string{
			"~ phone number +12065550100 two-way !", "+ phone number +12065550100 two-way channel", "~ phone number +12065550100 self-managed opt-outs !",
		}},
		{"texts go to another topic", number(api.UpdatePhoneNumberInput{TwoWayChannelArn: aws.String(otherTopic)}), []string{"~ phone number +12065550100 two-way channel !"}},
		{
			"texts go to Amazon Connect", number(api.UpdatePhoneNumberInput{TwoWayChannelArn: aws.String("connect.us-east-1.amazonaws.com"), TwoWayChannelRole: aws.String(deployedRole)}),
			[]string{"~ phone number +12065550100 two-way channel !"},
		},
		{"AWS answers STOP again", number(api.UpdatePhoneNumberInput{SelfManagedOptOutsEnabled: aws.Bool(false)}), []string{"~ phone number +12065550100 self-managed opt-outs !"}},
		{"another opt-out list", number(api.UpdatePhoneNumberInput{OptOutListName: aws.String("Default")}), []string{"~ phone number +12065550100 opt-out list !"}},
		{"no protection", number(api.UpdatePhoneNumberInput{DeletionProtectionEnabled: aws.Bool(false)}), []string{"~ phone number +12065550100 deletion protection"}},
		{"a pool's mode", func(ctx context.Context, o *operator, d *simulator.Simulator) error {
			_, err := d.UpdatePool(ctx, &api.UpdatePoolInput{PoolId: &o.pool, SelfManagedOptOutsEnabled: aws.Bool(false)})
			return err
		}, []string{"~ pool self-managed opt-outs !"}},
		{"heed answers where AWS should", func(ctx context.Context, o *operator, d *simulator.Simulator) error {
			_, err := d.UpdatePhoneNumber(ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: &o.tollFree, SelfManagedOptOutsEnabled: aws.Bool(true)})
			return err
		}, []string{"~ phone number +18005550150 self-managed opt-outs !"}},
		{"another HELP text", keyword(theNumber, "HELP", "Ask somebody.", ""), []string{"~ phone number +12065550100 keyword HELP"}},
		{"another HELP text, where AWS sends it", keyword(theTollFree, "HELP", "Bye.", ""), []string{"~ phone number +18005550150 keyword HELP"}},
		{"START opts nobody in", keyword(theTollFree, "START", "Hello.", types.KeywordActionAutomaticResponse), []string{"~ phone number +18005550150 keyword START"}},
		{"UNSTOP is gone", func(ctx context.Context, o *operator, d *simulator.Simulator) error {
			_, err := d.DeleteKeyword(ctx, &api.DeleteKeywordInput{OriginationIdentity: &o.tollFree, Keyword: aws.String("UNSTOP")})
			return err
		}, []string{"+ phone number +18005550150 keyword UNSTOP"}},
		{"a keyword of somebody's that heed answers too", keyword(theNumber, "HOURS", "Nine to five.", ""), []string{"- phone number +12065550100 keyword HOURS !"}},
		{"one that heed does not know", keyword(thePool, "WIFI", "Guest, guest.", ""), []string{"- pool keyword WIFI !"}},
		{"one that opts out, as heed hears it", keyword(theNumber, "BAJA", "Adios.", types.KeywordActionOptOut), []string{"- phone number +12065550100 keyword BAJA !"}},
		{"a destination is disabled", destination(api.UpdateEventDestinationInput{EventDestinationName: aws.String("heed-events"), Enabled: aws.Bool(false)}), []string{"~ configuration set alerts event destination heed-events"}},
		{"a destination leaves events out", destination(api.UpdateEventDestinationInput{
			EventDestinationName: aws.String("heed-archive"), MatchingEventTypes: []types.EventType{types.EventTypeTextAll, types.EventTypeTextSuccessful},
		}), []string{"~ configuration set alerts event destination heed-archive, types"}},
		{"a stream's role", destination(api.UpdateEventDestinationInput{
			EventDestinationName:       aws.String("heed-archive"),
			KinesisFirehoseDestination: &types.KinesisFirehoseDestination{DeliveryStreamArn: aws.String(deployedStream), IamRoleArn: aws.String(deployedRole + "-old")},
		}), []string{"~ configuration set alerts event destination heed-archive, role"}},
		{"a destination goes elsewhere under heed's name", destination(api.UpdateEventDestinationInput{
			EventDestinationName: aws.String("heed-events"), SnsDestination: &types.SnsDestination{TopicArn: aws.String(otherTopic)},
		}), []string{"+ configuration set alerts event destination"}},
		{"another default message type", func(ctx context.Context, _ *operator, d *simulator.Simulator) error {
			_, err := d.SetDefaultMessageType(ctx, &api.SetDefaultMessageTypeInput{ConfigurationSetName: aws.String("alerts"), MessageType: types.MessageTypePromotional})
			return err
		}, []string{"~ configuration set alerts default message type"}},
		{"the configuration set is gone", func(ctx context.Context, _ *operator, d *simulator.Simulator) error {
			_, err := d.DeleteConfigurationSet(ctx, &api.DeleteConfigurationSetInput{ConfigurationSetName: aws.String("shop")})
			return err
		}, []string{"+ configuration set shop ", "+ configuration set shop event destination", "+ configuration set shop event destination"}},
		{"the file changes", func(_ context.Context, o *operator, _ *simulator.Simulator) error {
			o.write(setUpRules + "# changed\n")
			return nil
		}, []string{"~ ruleset "}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t, setUpRules)
			o.settled()
			o.directly(func(ctx context.Context, d *simulator.Simulator) error { return row.did(ctx, o, d) })
			p := o.plan()
			var says []string
			for _, c := range p.Changes() {
				thing := strings.Split(c.What, " (")[0]
				if strings.HasPrefix(thing, "pool ") {
					thing = "pool"
				}
				line := fmt.Sprintf("%s %s %s", c.Op, thing, c.Field)
				if c.Danger != "" {
					line += " !"
				}
				says = append(says, line)
			}
			if diff := cmp.Diff(row.says, says); diff != "" || len(p.Left) > 0 {
				t.Errorf("%s\nleft: %+v", diff, p.Left)
			}
			findings := o.diagnosis()
			for _, c := range p.Changes() {
				of := slices.ContainsFunc(findings, func(f doctor.Finding) bool {
					return f.About == c.About && (f.Code == string(c.Code) || f.Code == "no_two_way" || f.Code == "set_missing")
				})
				if !of && c.What != "ruleset" {
					t.Errorf("heed doctor does not tell of %+v", c)
				}
			}
			o.settled()
		})
	}
}

// Whatever is deployed and wanted: with what heed apply leaves, heed doctor is content, and of what heed apply may not touch
// it tells.
func TestDoctorAgreesWithApply(t *testing.T) {
	t.Parallel()
	const one = "version: 1\nprograms:\n  a: {brand: Acme, optOutList: a, configurationSet: a, identities: "
	for _, row := range []struct {
		sentence, rules string
		without         []string // outputs
		left            string   // what is told after all
	}{
		{"events by topic only", setUpRules, []string{"EventsStreamArn", "EventsStreamRoleArn"}, ""},
		{"events by stream only", setUpRules, []string{"EventsTopicArn"}, ""},
		{"no events at all", setUpRules, []string{"EventsTopicArn", "EventsStreamArn"}, ""},
		{"a pool by its id, heed answers", one + "[POOL]}\n", nil, ""},
		{"a pool by its id, AWS answers", one + "[POOL], pools: {POOL: [\"+12065550101\"]}, answers: aws}\n", nil, ""},
		{"no configuration set at all", strings.ReplaceAll(setUpRules, "    configurationSet", "    # configurationSet"), []string{"ConfigurationSetName"}, ""},
		{"a number by its id in a set of the deployment", "version: 1\nprograms: {a: {brand: Acme, identities: [\"+12065550100\"], deletionProtection: false}}\n", nil, ""},
		{"heed is to answer for a toll-free number", one + "[\"+18005550150\", \"+12065550100\"]}\n", nil, "toll_free_answers"},
		{"a number that is not there", one + "[\"+12065550177\"]}\n", nil, "not_in_account"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t, row.rules)
			o.outputs["ConfigurationSetName"] = "heed"
			for _, name := range row.without {
				delete(o.outputs, name)
			}
			if row.left == "" {
				o.settled()
				return
			}
			if err := o.apply(t.Context()); !errors.Is(err, errNo) {
				t.Fatal(err)
			}
			p := o.plan()
			var codes []string
			for _, f := range o.diagnosis() {
				if f.Severity != doctor.Advice {
					codes = append(codes, f.Code)
				}
			}
			if len(p.Steps) > 0 || len(p.Left) != 1 || string(p.Left[0].Code) != row.left || !slices.Equal(codes, []string{row.left}) {
				t.Errorf("heed plan leaves %+v, heed doctor tells %q", p, codes)
			}
		})
	}
}

// heed apply dies at each call, before AWS does it or after. Run again it does the rest, and nothing is left.
func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	count := newOperator(t, setUpRules)
	calls := 0
	count.onCall = func(phase simulator.Phase, operation string) {
		if phase == simulator.BeforeEffect && changes(operation) {
			calls++
		}
	}
	count.settled()
	if calls < 15 {
		t.Fatalf("only %d calls change something", calls)
	}
	for _, at := range []simulator.Phase{simulator.BeforeEffect, simulator.AfterEffect} {
		for n := 1; n <= calls; n++ {
			t.Run(fmt.Sprintf("call %d %s", n, at), func(t *testing.T) {
				t.Parallel()
				o := newOperator(t, setUpRules)
				ctx, kill := context.WithCancel(t.Context())
				defer kill()
				seen := 0
				o.onCall = func(phase simulator.Phase, operation string) {
					if phase != at || !changes(operation) {
						return
					}
					if seen++; seen == n {
						kill()
						panic(http.ErrAbortHandler) // the answer, and before the effect the effect, never happen
					}
				}
				err := o.apply(ctx)
				var stopped *plan.StoppedError
				if !errors.As(err, &stopped) || len(stopped.Done) != n-1 {
					t.Fatalf("interrupted at call %d it ends with %v", n, err)
				}
				if version, _, err := o.setUp().db.Ruleset(t.Context(), o.now()); err != nil || version != 0 {
					t.Errorf("version %d of the ruleset is in force before AWS is ready: %v", version, err)
				}
				o.onCall = func(simulator.Phase, string) {}
				o.settled()
			})
		}
	}
}

func changes(operation string) bool {
	return !strings.HasPrefix(operation, "Describe") && !strings.HasPrefix(operation, "List") && operation != "CreatePool"
}

// AWS refuses: what is told, and that the rest waits.
func TestApplyRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sentence, operation string
		refusal             error
		says                string
	}{
		{"no right", "UpdatePhoneNumber", &types.AccessDeniedException{Message: aws.String("no")}, "they need sms-voice:UpdatePhoneNumber"},
		{"no right to the pool", "UpdatePool", &types.AccessDeniedException{Message: aws.String("no")}, "they need sms-voice:UpdatePool"},
		{
			"put into a pool meanwhile", "UpdatePhoneNumber",
			&types.ConflictException{Message: aws.String("no"), Reason: types.ConflictExceptionReasonPhoneNumberAssociatedToPool}, "put into a pool",
		},
		{
			"a country without two-way", "UpdatePhoneNumber",
			&types.ValidationException{Message: aws.String("no"), Reason: types.ValidationExceptionReasonTwoWayNotSupportedInCountry}, "numbers of this country",
		},
		{
			"as many lists as there may be", "CreateOptOutList",
			&types.ServiceQuotaExceededException{Message: aws.String("no"), Reason: types.ServiceQuotaExceededExceptionReasonOptOutListsPerAccount}, "as many opt-out lists",
		},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t, setUpRules)
			o.double.Fail(row.operation, simulator.Fault{Times: -1, Before: row.refusal})
			if err := o.apply(t.Context()); err == nil {
				t.Fatal("it went well")
			}
			told := o.errs.String()
			for _, want := range []string{row.says, "heed: not done: ruleset: + version 1", "the same command does the rest"} {
				if !strings.Contains(told, want) {
					t.Errorf("it does not say %q:\n%s", want, told)
				}
			}
			if switched := strings.Contains(told, "changed already"); switched != (row.operation == "UpdatePool") {
				t.Errorf("what is switched: %v\n%s", switched, told)
			}
			o.double.Heal()
			if err := o.apply(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// An answer that is lost makes nothing twice: the SDK asks again, and what exists is done.
func TestApplyLostAnswers(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"CreateOptOutList", "CreateConfigurationSet", "CreateEventDestination", "PutKeyword", "UpdatePhoneNumber", "UpdatePool", "DeleteKeyword"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t, setUpRules)
			o.directly(func(ctx context.Context, d *simulator.Simulator) error {
				_, err := d.PutKeyword(ctx, &api.PutKeywordInput{OriginationIdentity: &o.number, Keyword: aws.String("HOURS"), KeywordMessage: aws.String("9 to 5")})
				return err
			})
			o.double.Fail(operation, simulator.Fault{AfterAccept: simulator.CutConnection})
			o.settled()
		})
	}
}

// What heed may not touch is told, keeps the exit code from being 0, and keeps nothing else from being done.
func TestApplyLeaves(t *testing.T) {
	t.Parallel()
	o := newOperator(t, strings.Replace(setUpRules, `["+12065550100", `, `["+12065550100", "+12065550177", `, 1))
	o.directly(func(ctx context.Context, d *simulator.Simulator) error {
		for word, on := range map[string]*string{"REVOKE ALL": &o.number, "HOURS": &o.tollFree} {
			if _, err := d.PutKeyword(ctx, &api.PutKeywordInput{OriginationIdentity: on, Keyword: &word, KeywordMessage: aws.String("Hm."), KeywordAction: types.KeywordActionOptIn}); err != nil {
				return err
			}
		}
		_, err := d.CreateConfigurationSet(ctx, &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("shop")})
		for i := range 4 {
			if err == nil {
				_, err = d.CreateEventDestination(ctx, &api.CreateEventDestinationInput{
					ConfigurationSetName: aws.String("shop"), EventDestinationName: aws.String(fmt.Sprint("d", i)), MatchingEventTypes: []types.EventType{"ALL"},
					SnsDestination: &types.SnsDestination{TopicArn: aws.String(otherTopic)},
				})
			}
		}
		return err
	})
	if err := o.apply(t.Context()); !errors.Is(err, errNo) {
		t.Fatalf("%v\n%s", err, o.out.String())
	}
	p := o.plan()
	if len(p.Steps) != 0 {
		t.Errorf("not done: %+v", p.Steps)
	}
	var left []string
	for _, c := range p.Left {
		left = append(left, string(c.Op)+" "+strings.Split(c.What, " (")[0]+" "+c.Field)
	}
	want := []string{
		"+ configuration set shop event destination", "+ phone number +12065550177 ",
		"- phone number +12065550100 keyword REVOKE ALL", "- phone number +18005550150 keyword HOURS",
	}
	slices.Sort(left)
	if diff := cmp.Diff(want, left); diff != "" {
		t.Error(diff)
	}
}

// An opt-out list is switched as docs/plan.md says: whoever was on the old one is on the new one, before the number is.
func TestListIsCopied(t *testing.T) {
	o := newOperator(t, setUpRules)
	o.double.SetLimits(nil)
	o.environment()
	const zoe = "+14255550109"
	if _, err := o.double.PutOptedOutNumber(t.Context(), &api.PutOptedOutNumberInput{OptOutListName: aws.String("Default"), OptedOutNumber: aws.String(zoe)}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.double.CreateOptOutList(t.Context(), &api.CreateOptOutListInput{OptOutListName: aws.String("alerts")}); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "default.csv")
	if err := os.WriteFile(list, []byte("\"OptedOutNumber\",\"OptedOutTimestamp\"\n\""+zoe+"\",1795000000.784\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"apply", "--local", o.file},
		{"consent", "import", list, "--format", "aws", "--program", "alerts", "--no-sync"},
		{"reconcile", "--list", "alerts", "--no-setup"},
	} {
		if code, out, errs := heed(t, "", args...); code != 0 {
			t.Fatalf("heed %v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	if !o.double.OptedOut("alerts", zoe) {
		t.Error("who was on the old list is not on the new one")
	}
	if code, out, errs := heed(t, "", "apply", o.file, "--yes", "--accept-danger"); code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// The command line: flags, exit codes, and what programs read. AWS is as fast as it is asked.
func TestPlanAndApplyCommands(t *testing.T) {
	o := newOperator(t, setUpRules)
	o.double.SetLimits(nil)
	o.environment()
	saved := filepath.Join(t.TempDir(), "outputs.json")
	document, err := json.Marshal(outputs())
	if err == nil {
		err = os.WriteFile(saved, document, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	faulty := filepath.Join(t.TempDir(), "faulty.yaml")
	if err := os.WriteFile(faulty, []byte("version: 1\nprograms: {a: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		sentence string
		args     []string
		code     int
		says     string
	}{
		{"drift", []string{"plan", o.file}, 1, "dangerous"},
		{"drift, by outputs from a file", []string{"plan", o.file, "--outputs", saved, "--no-database"}, 1, "+ opt-out list"[2:]},
		{"no such stack", []string{"plan", o.file, "--stack", "none"}, 1, "--outputs reads a file"},
		{"a file with errors", []string{"plan", faulty}, 1, "has no brand"},
		{"a file with errors is not applied", []string{"apply", faulty, "--yes"}, 1, "has no brand"},
		{"no file", []string{"plan", "nowhere.yaml"}, 2, "nowhere.yaml"},
		{"nobody to ask", []string{"apply", o.file}, 2, "add --yes"},
		{"JSON asks nobody", []string{"apply", o.file, "--json"}, 2, "add --yes"},
		{"danger that is not accepted", []string{"apply", o.file, "--yes"}, 1, "nothing was done"},
		{"all of it", []string{"apply", o.file, "--yes", "--accept-danger"}, 0, "version 1 is in force"},
		{"once more", []string{"apply", o.file, "--yes"}, 0, "Nothing to do"},
		{"no drift", []string{"plan", o.file}, 0, "Nothing to do"},
	} {
		code, out, errs := heed(t, "", step.args...)
		if code != step.code || !strings.Contains(out+errs, step.says) {
			t.Errorf("%s: exit %d, want %d with %q\n%s%s", step.sentence, code, step.code, step.says, out, errs)
		}
		if step.sentence == "danger that is not accepted" && len(slices.DeleteFunc(o.double.Calls(), func(c simulator.Call) bool { return !changes(c.Operation) })) > 0 {
			t.Error("something was done all the same")
		}
	}
	o.write(setUpRules + "# again\n")
	var told applyReport
	code, out, errs := heed(t, "", "apply", o.file, "--yes", "--json")
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 0 || told.Done != 1 || told.Version != 2 || told.Plan.Summary.Change != 1 || told.After == nil || len(told.After.Steps) > 0 {
		t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	var planned planReport
	code, out, errs = heed(t, "", "plan", o.file, "--json")
	if err := json.Unmarshal([]byte(out), &planned); err != nil || code != 0 || planned.Summary != (planSummary{}) {
		t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	db := o.setUp().db
	right, err := db.HoldApply(t.Context(), "ann", o.now())
	if err != nil {
		t.Fatal(err)
	}
	defer right.Release(t.Context())
	for _, how := range []string{"--yes", "--local"} {
		if code, out, errs := heed(t, "", "apply", o.file, how); code != 1 || !strings.Contains(errs, "ann since 12:") {
			t.Errorf("two at once, %s: exit %d\n%s%s", how, code, out, errs)
		}
	}
}

// What somebody set up at AWS is shown, and does nothing to who looks.
func TestPlanTextIsHarmless(t *testing.T) {
	t.Parallel()
	const nasty = "\x1b]0;owned\a\x1b[2J"
	c := plan.Change{Op: plan.Remove, What: "pool " + nasty, Field: "keyword " + nasty, From: nasty, To: nasty, Why: nasty, Danger: nasty, Blocked: nasty}
	var out bytes.Buffer
	p := plan.Plan{Steps: []plan.Step{{Changes: []plan.Change{c}}}, Left: []plan.Change{c}, Notes: []string{nasty}}
	if err := tellPlan(terminal{out: &out}, p); err != nil {
		t.Fatal(err)
	}
	asked(t.Context(), strings.NewReader("y\n"), &out, []plan.Change{c})
	fmt.Fprintln(&out, stepName(p.Steps[0]))
	report := doctorReport{Parts: []*doctorPart{{Group: doctor.NumbersGroup, Findings: []doctor.Finding{{Code: "c", Program: nasty, About: nasty, Text: nasty, Mend: nasty}}}}}
	if err := report.tell(&out, false, true); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(out.String(), "\x1b\a"); i >= 0 || !strings.Contains(out.String(), "owned") {
		t.Errorf("it writes %q", out.String())
	}
}

// What is asked: once for all, once more for what is dangerous, and who says nothing says no.
func TestAsked(t *testing.T) {
	t.Parallel()
	danger := []plan.Change{{Op: plan.Modify, What: "pool pool-1", Field: "opt-out list", Danger: "people are set free"}}
	for _, row := range []struct {
		answers string
		dangers []plan.Change
		want    bool
	}{
		{"y\n", nil, true},
		{"Yes\n", nil, true},
		{"n\n", nil, false},
		{"", nil, false},
		{"y\n", danger, false},
		{"y\nn\n", danger, false},
		{"y\nyes\n", danger, true},
	} {
		var out bytes.Buffer
		if got := asked(t.Context(), strings.NewReader(row.answers), &out, row.dangers); got != row.want {
			t.Errorf("%q with %d dangers: %v\n%s", row.answers, len(row.dangers), got, out.String())
		}
		if asks := strings.Contains(out.String(), "people are set free"); asks != (len(row.dangers) > 0) {
			t.Errorf("%q: danger is named: %v", row.answers, asks)
		}
	}
}
