package simulator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/sms"
	"pgregory.net/rapid"
)

// pair is a double that is never closed and one that is opened again and again. Both get the same calls.
type pair struct {
	whole, kept *Simulator
	dir         string
	options     Options
	// Delivery events that each delivered, by their JSON.
	heardWhole, heardKept map[string]int
}

func (p *pair) open(t *rapid.T) {
	kept, err := Open(p.dir, p.options)
	if err != nil {
		t.Fatal(err)
	}
	p.kept = kept
	listen(kept, p.heardKept)
}

// listen counts the delivery events that go to the topic.
func listen(s *Simulator, heard map[string]int) {
	s.Subscribe(keptTopic, func(_ context.Context, n Notification) {
		if strings.Contains(n.Message, "eventType") {
			heard[n.Message]++
		}
	})
}

// both makes a call on both doubles and compares what comes back.
func (p *pair) both(t *rapid.T, what string, do func(*Simulator) string) {
	if diff := cmp.Diff(do(p.whole), do(p.kept)); diff != "" {
		t.Fatalf("%s:\n%s", what, diff)
	}
}

func (p *pair) operation(t *rapid.T, name string, in any) {
	input := written(encodeMembers(reflect.ValueOf(in).Elem()))
	p.both(t, name+" "+input, func(s *Simulator) string { return s.answered(name, input) })
}

func (p *pair) compare(t *rapid.T) {
	if diff := cmp.Diff(p.whole.told(), p.kept.told()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(p.heardWhole, p.heardKept); diff != "" {
		t.Fatal(diff)
	}
}

// register files a registration of a brand.
func (p *pair) register(t *rapid.T) {
	p.operation(t, "CreateRegistration", &pinpointsmsvoicev2.CreateRegistrationInput{RegistrationType: aws.String(brandRegistration)})
	for _, id := range keysOf(p.whole.registrations) {
		for _, field := range sorted(registrationTypes[brandRegistration].fields) {
			in := &pinpointsmsvoicev2.PutRegistrationFieldValueInput{RegistrationId: aws.String(id), FieldPath: aws.String(field.path)}
			switch {
			case field.requirement != types.FieldRequirementRequired:
				continue
			case len(field.options) > 0:
				in.SelectChoices = field.options[:1]
			default:
				in.TextValue = aws.String("US")
			}
			p.operation(t, "PutRegistrationFieldValue", in)
		}
		p.operation(t, "SubmitRegistrationVersion", &pinpointsmsvoicev2.SubmitRegistrationVersionInput{RegistrationId: aws.String(id)})
	}
}

// arrangements are what is done to the account but for the API.
func (p *pair) arrange(t *rapid.T) {
	number := rapid.SampledFrom([]sms.Identity{"+12065550100", "+12065550101", "+447700900001"}).Draw(t, "number")
	selfManaged, n := rapid.Bool().Draw(t, "self-managed"), rapid.IntRange(1, 1000).Draw(t, "n")
	status := rapid.SampledFrom(types.RegistrationVersionStatus("").Values()).Draw(t, "status")
	of := func(ids []string) string { return rapid.SampledFrom(append(ids, "none")).Draw(t, "id") }
	agent, registration, notify := of(keysOf(p.whole.agents)), of(keysOf(p.whole.registrations)), of(keysOf(p.whole.notifies))
	person := sms.Phone(rapid.SampledFrom(keptPeople).Draw(t, "person"))
	to := rapid.SampledFrom([]sms.Identity{number, sms.Identity(agent)}).Draw(t, "to")
	all := map[string]func(s *Simulator) string{
		"a number": func(s *Simulator) string {
			return s.AddNumber(NumberSpec{Number: number, TwoWayTopic: keptTopic, SelfManaged: selfManaged, OptOutList: "alerts"})
		},
		"an agent": func(s *Simulator) string {
			return string(s.AddRCSAgent(RCSAgentSpec{TwoWayTopic: keptTopic, SelfManaged: selfManaged, Fallback: number}))
		},
		"a launch":    func(s *Simulator) string { return fmt.Sprint(s.LaunchRCSAgent(sms.Identity(agent), "US", "GB")) },
		"a sender ID": func(s *Simulator) string { s.AddSenderID("ACME", "IN"); return "" },
		"the tier": func(s *Simulator) string {
			s.SetAccountTier(map[bool]AccountTier{true: Sandbox, false: Production}[n < 100])
			return ""
		},
		"a quota": func(s *Simulator) string { s.SetAccountLimit(types.AccountLimitNamePools, int64(n)); return "" },
		"a spend limit": func(s *Simulator) string {
			s.SetMaxSpendLimit(types.SpendLimitNameTextMessageMonthlySpendLimit, int64(n))
			return ""
		},
		"a signature": func(s *Simulator) string { s.SetSignatureVersion(keptTopic, 1+n%2); return fmt.Sprint(s.versions) },
		"a review": func(s *Simulator) string {
			return fmt.Sprint(s.DecideRegistration(registration, status, Denial{"", "no", "No."}))
		},
		"a notify review": func(s *Simulator) string {
			return fmt.Sprint(s.ReviewNotifyConfiguration(notify, types.NotifyConfigurationStatusActive, types.NotifyConfigurationTierAdvanced))
		},
		"an interaction": func(s *Simulator) string {
			_, err := s.Tap(context.Background(), person, to, "Yes", "yes")
			return fmt.Sprint(err)
		},
	}
	what := rapid.SampledFrom(keysOf(all)).Draw(t, "what")
	p.both(t, what, all[what])
}

// Whatever is called in whatever order, a double that is opened again in between tells the same as one that never
// stopped: every answer with its ids, every Describe and List, phones, events that wait, events that were delivered.
func TestStateIsKept(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		clock := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		p := &pair{
			dir: filepath.Join(root, fmt.Sprint(runs)), heardWhole: map[string]int{}, heardKept: map[string]int{},
			options: Options{
				Now: func() time.Time { return clock }, Seed: rapid.Uint64().Draw(t, "seed"), Unsigned: true,
				AutoDeliver: rapid.Bool().Draw(t, "deliver by itself"), MaxMessages: rapid.SampledFrom([]int{0, 3}).Draw(t, "most"),
				RCSEvents: rapid.Bool().Draw(t, "RCS events"), Sandbox: rapid.Bool().Draw(t, "sandbox"),
				VisibleAfter: rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "visible after"),
			},
		}
		runs++
		p.whole = New(p.options)
		listen(p.whole, p.heardWhole)
		p.open(t)
		p.both(t, "a number", func(s *Simulator) string {
			return s.AddNumber(NumberSpec{Number: "+12065550100", TwoWayTopic: keptTopic})
		})
		for _, c := range []any{
			&pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts")},
			&pinpointsmsvoicev2.CreateEventDestinationInput{
				ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("topic"),
				MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(keptTopic)},
			},
		} {
			p.operation(t, operationName(reflect.TypeOf(c).Elem()), c)
		}
		// operation calls any that begins with one of these verbs.
		operation := func(t *rapid.T, verbs ...string) {
			name := rapid.SampledFrom(slices.DeleteFunc(p.whole.Operations(), func(name string) bool {
				return !slices.ContainsFunc(verbs, func(verb string) bool { return strings.HasPrefix(name, verb) })
			})).Draw(t, "operation")
			in := reflect.New(p.whole.operations[name].input)
			p.whole.drawn(t, in.Elem())
			p.operation(t, name, in.Interface())
		}
		deliver := func(t *rapid.T) {
			o := DeliverOptions{
				OnlyDue: rapid.Bool().Draw(t, "due"), Shuffle: rapid.Bool().Draw(t, "shuffled"), Twice: rapid.Bool().Draw(t, "twice"),
				Most: rapid.IntRange(0, 4).Draw(t, "at most"),
			}
			p.both(t, "delivery", func(s *Simulator) string { return fmt.Sprint(s.Deliver(context.Background(), o)) })
		}
		t.Repeat(map[string]func(*rapid.T){
			"any operation": func(t *rapid.T) { operation(t, "") },
			"creation":      func(t *rapid.T) { operation(t, "Create", "Request", "Put") },
			"setting":       func(t *rapid.T) { operation(t, "Set", "Update", "Associate") },
			"removal":       func(t *rapid.T) { operation(t, "Delete", "Release", "Disassociate", "Discard", "Untag") },
			"send": func(t *rapid.T) {
				p.operation(t, "SendTextMessage", &pinpointsmsvoicev2.SendTextMessageInput{
					DestinationPhoneNumber: aws.String(rapid.SampledFrom(keptPeople).Draw(t, "person")), MessageBody: aws.String("hello"),
					ConfigurationSetName: aws.String("alerts"), DryRun: rapid.Bool().Draw(t, "dry"),
				})
			},
			"text": func(t *rapid.T) {
				person := sms.Phone(rapid.SampledFrom(keptPeople).Draw(t, "person"))
				word := rapid.SampledFrom([]string{"STOP", "START", "HELP", "JOIN", "hello"}).Draw(t, "word")
				p.both(t, "text", func(s *Simulator) string {
					_, err := s.Text(context.Background(), person, "+12065550100", word)
					return fmt.Sprint(err)
				})
			},
			"registration": p.register,
			"arrangement":  p.arrange,
			"advance": func(t *rapid.T) {
				by := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 25 * time.Hour, 73 * time.Hour}).Draw(t, "by")
				p.both(t, "advance", func(s *Simulator) string { s.Advance(by); return "" })
			},
			"clock":    func(t *rapid.T) { clock = clock.Add(time.Duration(rapid.IntRange(0, 1e10).Draw(t, "tick"))) },
			"delivery": deliver,
			"taking":   func(t *rapid.T) { p.both(t, "events", func(s *Simulator) string { return written(s.TakeEvents()) }) },
			"restart": func(t *rapid.T) {
				if err := p.kept.Close(); err != nil {
					t.Fatal(err)
				}
				p.open(t)
				p.compare(t)
			},
		})
		p.compare(t)
		if err := p.kept.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// stepped is an account in the making: every step is one line of the file.
func stepped(t *testing.T) []func(*Simulator) {
	ctx := t.Context()
	do := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	send := func(s *Simulator) {
		_, err := s.SendTextMessage(ctx, &pinpointsmsvoicev2.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(keptPeople[0]), MessageBody: aws.String("Grüße, \n👋"), ConfigurationSetName: aws.String("alerts"),
		})
		do(err)
	}
	return []func(*Simulator){
		func(s *Simulator) { s.AddNumber(NumberSpec{Number: "+12065550100"}) },
		func(s *Simulator) {
			_, err := s.CreateConfigurationSet(ctx, &pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})
			do(err)
		},
		func(s *Simulator) {
			_, err := s.CreateEventDestination(ctx, &pinpointsmsvoicev2.CreateEventDestinationInput{
				ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("topic"),
				MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(keptTopic)},
			})
			do(err)
		},
		send, send,
		func(s *Simulator) { s.Deliver(ctx, DeliverOptions{Most: 4}) },
		func(s *Simulator) { s.Advance(time.Hour) },
		func(s *Simulator) { _, err := s.Text(ctx, sms.Phone(keptPeople[0]), "+12065550100", "STOP"); do(err) },
	}
}

func atNoon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// opened opens a directory until the test ends.
func opened(t *testing.T, dir string, options Options) *Simulator {
	t.Helper()
	if options.Now == nil {
		options.Now = atNoon
	}
	s, err := Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, s) })
	return s
}

func closed(t *testing.T, s *Simulator) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func contents(t *testing.T, dir string) []byte {
	t.Helper()
	all, err := os.ReadFile(filepath.Join(dir, callsName))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// directory is a data directory with these contents.
func directory(t *testing.T, calls []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, callsName), calls, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A write that ended at any byte of the file loses the call that it was of, and no other; and the double goes on from
// there.
func TestInterruptedWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	whole := []int{len(contents(t, dir))}
	told := []map[string]string{s.told()}
	for _, step := range stepped(t) {
		step(s)
		whole, told = append(whole, len(contents(t, dir))), append(told, s.told())
	}
	closed(t, s)
	all := contents(t, dir)
	if lines := strings.Count(string(all), "\n"); lines != len(whole)+1 {
		t.Fatalf("%d lines of %d steps:\n%s", lines, len(whole)-1, all)
	}
	for size := range len(all) + 1 {
		if size > whole[0]+1 && size < whole[len(whole)-4] {
			continue // as elsewhere
		}
		last := 0
		for last+1 < len(whole) && whole[last+1] <= size {
			last++
		}
		cut := directory(t, all[:size])
		again := opened(t, cut, Options{})
		if diff := cmp.Diff(told[last], again.told()); diff != "" {
			t.Fatalf("cut at %d of %d:\n%s", size, len(all), diff)
		}
		again.AddSenderID("ACME", "IN")
		closed(t, again)
		closed(t, opened(t, cut, Options{}))
	}
}

// Each row: what is the matter with a directory, and what Open says.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	for _, step := range stepped(t) {
		step(s)
	}
	good := string(contents(t, dir))
	lines := strings.SplitAfter(good, "\n")
	for _, c := range []struct {
		sentence string
		calls    string
		options  Options
		want     string
	}{
		{"a newer heed wrote it", `{"format":2,"at":["noon"]}` + "\n" + lines[1], Options{}, "line 1 of calls.jsonl: it was written by a newer heed: format 2, and this one reads up to 1"},
		{"it is something else", "# notes\n", Options{}, "line 1 of calls.jsonl: it does not begin as the calls of a double do"},
		{"the Region is another", good, Options{Region: "eu-west-1"}, "it is of account 111122223333 in us-east-1, not of 111122223333 in eu-west-1"},
		{"the account is another", good, Options{AccountID: "444455556666"}, "not of 444455556666 in us-east-1"},
		{"a line in the middle is damaged", strings.Join(slices.Concat(lines[:4], []string{"\x00\x00\n"}, lines[4:]), ""), Options{}, "line 5 of calls.jsonl: invalid character"},
		{"a call is refused that was accepted", lines[0] + lines[1] + lines[4], Options{}, "line 3 of calls.jsonl: CreateEventDestination, repeated: "},
		{"a call is not known", lines[0] + `{"change":1,"at":"2026-11-20T12:00:00Z","call":"Explode"}` + "\n", Options{}, "line 2 of calls.jsonl: Explode, repeated: there is no such call"},
		{"a call changes nothing", lines[0] + `{"change":1,"at":"2026-11-20T12:00:00Z","call":"Now"}` + "\n", Options{}, "Now, repeated, changes nothing"},
		{"a call lacks an argument", lines[0] + `{"change":1,"at":"2026-11-20T12:00:00Z","call":"AddSenderID","with":["ACME"]}` + "\n", Options{}, "an argument is missing"},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			c.options.Now = atNoon
			dir := directory(t, []byte(c.calls))
			for range 2 { // the second time: the first let the directory go, and changed nothing
				_, err := Open(dir, c.options)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %s", err, c.want)
				}
			}
			if diff := cmp.Diff(c.calls, string(contents(t, dir))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "another process has it") {
		t.Errorf("opened twice: %v", err)
	}
	closed(t, s)
	closed(t, opened(t, dir, Options{}))
}

// What cannot be written down is refused from then on, and Close says why; a closed double is refused changes too.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	s.AddNumber(NumberSpec{Number: "+12065550100"})
	if err := s.file.file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := s.CreateOptOutList(t.Context(), &pinpointsmsvoicev2.CreateOptOutListInput{OptOutListName: aws.String("alerts")})
		if err == nil || !strings.Contains(err.Error(), "keeping a call") {
			t.Error(err)
		}
	}
	if _, err := s.Text(t.Context(), "+14255550101", "+12065550100", "STOP"); err == nil {
		t.Error("a text was taken")
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "keeping a call") {
		t.Error(err)
	}
	if _, err := s.DeleteOptOutList(t.Context(), &pinpointsmsvoicev2.DeleteOptOutListInput{OptOutListName: aws.String("alerts")}); err == nil {
		t.Error("a closed double was changed")
	}
	again := opened(t, dir, Options{})
	if !again.HasNumber("+12065550100") || len(again.lists) != 1 {
		t.Error("the directory holds another account")
	}
}

// A process that dies while it delivers events delivers them again when it is back; those before it do not come again.
func TestInterruptedDelivery(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	for _, step := range stepped(t)[:5] {
		step(s)
	}
	s.Deliver(t.Context(), DeliverOptions{Most: 4})
	var dead []byte
	s.Subscribe(keptTopic, func(context.Context, Notification) { dead = contents(t, dir) })
	interrupted := s.PendingEvents()
	if s.Deliver(t.Context(), DeliverOptions{}); dead == nil || len(interrupted) != 2 {
		t.Fatalf("%d events", len(interrupted))
	}
	if diff := cmp.Diff(interrupted, opened(t, directory(t, dead), Options{}).PendingEvents()); diff != "" {
		t.Error(diff)
	}
	closed(t, s)
	if left := opened(t, dir, Options{}).PendingEvents(); len(left) != 0 {
		t.Errorf("%d events come again", len(left))
	}
}

// The bound of what is kept may differ from start to start; what was forgotten stays so.
func TestBoundChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct{ most, sends, sent int }{{0, 5, 5}, {3, 0, 3}, {0, 2, 5}, {4, 3, 4}, {1, 0, 1}, {0, 0, 1}} {
		s := opened(t, dir, Options{MaxMessages: c.most})
		if !s.HasNumber("+12065550100") {
			s.AddNumber(NumberSpec{Number: "+12065550100"})
		}
		for range c.sends {
			out, err := s.SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{
				DestinationPhoneNumber: aws.String(keptPeople[0]), MessageBody: aws.String("hello"),
			})
			if err != nil {
				t.Fatal(err)
			}
			// A later start, under another bound, must not find that there is no such message.
			_, err = s.PutMessageFeedback(t.Context(), &pinpointsmsvoicev2.PutMessageFeedbackInput{
				MessageId: out.MessageId, MessageFeedbackStatus: types.MessageFeedbackStatusReceived,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := len(s.Sent()); n != c.sent {
			t.Errorf("at most %d: %d sends", c.most, n)
		}
		closed(t, s)
	}
}

// Calls that come at once are kept in the order of their effects. Nothing that SNS tells apart by its id has that of
// something before the restart.
func TestKeptAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	options := Options{AutoDeliver: true, Unsigned: true, Now: time.Now}
	s := opened(t, dir, options)
	var mu sync.Mutex
	ids := map[string]int{}
	hear := func(s *Simulator) {
		s.Subscribe(keptTopic, func(_ context.Context, n Notification) {
			mu.Lock()
			defer mu.Unlock()
			ids[n.MessageID]++
		})
	}
	hear(s)
	for _, step := range stepped(t)[:3] {
		step(s)
	}
	send := func(s *Simulator, person string) {
		_, err := s.SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(person), MessageBody: aws.String("hello"), ConfigurationSetName: aws.String("alerts"),
		})
		if err != nil && !strings.Contains(err.Error(), "opted out") {
			t.Error(err)
		}
	}
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			for j := range 20 {
				person := keptPeople[(i+j)%2]
				send(s, person)
				if _, err := s.Text(t.Context(), sms.Phone(person), "+12065550100", []string{"START", "STOP"}[j%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	before := s.told()
	closed(t, s)
	s = opened(t, dir, options)
	after := s.told()
	delete(before, "now")
	delete(after, "now")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	hear(s)
	s.SetAccountTier(Production)
	send(s, "+14255550109")
	if len(ids) < 3 {
		t.Errorf("%d notifications", len(ids))
	}
	for id, times := range ids {
		if times > 1 {
			t.Errorf("%s came %d times", id, times)
		}
	}
}

// Ten thousand sends, as heed simulate makes them, are back in a moment.
func TestRestartAfterManySends(t *testing.T) {
	t.Parallel()
	const sends = 10_000
	dir := t.TempDir()
	s := opened(t, dir, Options{AutoDeliver: true})
	for _, step := range stepped(t)[:3] {
		step(s)
	}
	for range sends {
		_, err := s.SendTextMessage(t.Context(), &pinpointsmsvoicev2.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(keptPeople[0]), MessageBody: aws.String("hello"), ConfigurationSetName: aws.String("alerts"),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	last := s.Sent()[sends-1]
	closed(t, s)
	began := time.Now()
	s = opened(t, dir, Options{AutoDeliver: true})
	t.Logf("%d sends in %d KiB: open after %s", sends, len(contents(t, dir))>>10, time.Since(began))
	if n := len(s.Sent()); n != sends || len(s.PendingEvents()) != 0 {
		t.Fatalf("%d sends, %d events wait", n, len(s.PendingEvents()))
	}
	if diff := cmp.Diff(written(last), written(s.Sent()[sends-1])); diff != "" {
		t.Error(diff)
	}
}

// A call that is refused changes nothing, because it is not repeated: the next number is the one that it would have had.
func TestRefusedCallsChangeNothing(t *testing.T) {
	t.Parallel()
	request := func(s *Simulator, pool *string) (*pinpointsmsvoicev2.RequestPhoneNumberOutput, error) {
		return s.RequestPhoneNumber(t.Context(), &pinpointsmsvoicev2.RequestPhoneNumberInput{
			IsoCountryCode: aws.String("US"), NumberType: types.RequestableNumberTypeTollFree, PoolId: pool,
			MessageType: types.MessageTypeTransactional, NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms},
		})
	}
	plain, refused := New(Options{Now: atNoon}), New(Options{Now: atNoon})
	if _, err := request(refused, aws.String("pool-1")); err == nil {
		t.Fatal("there is no such pool")
	}
	one, err := request(plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := request(refused, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *one.PhoneNumber != *other.PhoneNumber || *one.PhoneNumberId != *other.PhoneNumberId {
		t.Errorf("%s %s, %s %s", *one.PhoneNumber, *one.PhoneNumberId, *other.PhoneNumber, *other.PhoneNumberId)
	}
}
