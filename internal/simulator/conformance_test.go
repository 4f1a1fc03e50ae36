package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// conformance is testdata/conformance.yaml, which says what the members mean.
type conformance struct {
	Things     map[string]map[string]map[string]any
	Operations map[string]tried
}

// tried is what an operation is tried with.
type tried struct {
	New    bool
	Works  map[string]any
	Before []any
	Fails  []refusal
	None   map[string]string
}

// refusal is a call that is refused.
type refusal struct {
	Want, When string
	With       map[string]any
	Before     []any
	Options    map[string]any
}

func readConformance(t *testing.T) conformance {
	t.Helper()
	text, err := os.ReadFile("testdata/conformance.yaml")
	must(t, err)
	var table conformance
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	must(t, decoder.Decode(&table))
	return table
}

// trial is one call to a double of its own, with what it must come to: "ok", or an exception and its reason.
type trial struct {
	operation string
	want      string
	when      string // in words, of a refusal that the table states
	before    []any
	input     map[string]any
	options   simulator.Options
	arrange   func(s *stage, input map[string]any)
}

// exception is the class of the wanted answer, empty for "ok".
func (tr trial) exception() string {
	class, _, refused := strings.Cut(tr.want, " ")
	if !refused {
		return ""
	}
	return class
}

// trials are all calls of an operation: the one that works, what the table refuses, and what is the same for each.
func (c conformance) trials(t *testing.T, operation string) []trial {
	t.Helper()
	o := c.Operations[operation]
	works := trial{operation: operation, want: "ok", before: o.Before, input: o.Works}
	all := []trial{works}
	for _, f := range o.Fails {
		tr := trial{
			operation: operation, want: f.Want, when: f.When, before: slices.Concat(o.Before, f.Before), input: maps.Clone(o.Works),
		}
		for member, value := range f.With {
			tr.input[member] = value
			if value == nil {
				delete(tr.input, member)
			}
		}
		options, err := json.Marshal(f.Options)
		must(t, err)
		must(t, json.Unmarshal(options, &tr.options))
		all = append(all, tr)
	}
	fault := func(want string, err error) trial {
		tr := works
		tr.want = want
		tr.arrange = func(s *stage, _ map[string]any) { s.d.Fail(operation, simulator.Fault{Before: err}) }
		return tr
	}
	throttled := works
	throttled.want = "ThrottlingException "
	throttled.arrange = func(s *stage, input map[string]any) {
		s.d.SetLimits(&simulator.Limits{Others: 1})
		_ = s.sdk(operation, input) // the first in this second, whatever it comes to
	}
	all = append(all, throttled,
		fault("InternalServerException ", &types.InternalServerException{Message: aws.String("The request could not be completed")}),
		fault("AccessDeniedException ACCOUNT_DISABLED", &types.AccessDeniedException{
			Message: aws.String("The account is disabled"), Reason: types.AccessDeniedExceptionReasonAccountDisabled,
		}))
	if member, length := longest(operation); member != "" {
		tr := works
		tr.want = "ValidationException INVALID_PARAMETER"
		tr.input = maps.Clone(o.Works)
		tr.input[member] = strings.Repeat("1", length+1)
		all = append(all, tr)
	}
	return all
}

// longest is a text of an operation's input with the most characters that the model allows it.
func longest(operation string) (member string, length int) {
	method, _ := reflect.TypeFor[*api.Client]().MethodByName(operation)
	input := method.Type.In(2).Elem()
	for _, line := range modelLines() {
		f := strings.Split(line, "\t")
		name, ok := strings.CutPrefix(f[0], operation+"Input.")
		if !ok || len(f) < 4 {
			continue
		}
		if field, exists := input.FieldByName(name); exists && field.Type == reflect.TypeFor[*string]() {
			if _, err := fmt.Sscan(f[3], &length); err == nil {
				return name, length
			}
		}
	}
	return "", 0
}

func modelLines() []string {
	text, err := os.ReadFile("model.tsv")
	if err != nil {
		panic(err)
	}
	return strings.Split(string(text), "\n")
}

// outcome is what a client was answered.
type outcome struct {
	answer                map[string]any
	class, reason, member string // of a refusal
	broken                error  // the client did not get as far as an answer
}

func (o outcome) String() string {
	switch {
	case o.broken != nil:
		return o.broken.Error()
	case o.class == "":
		return "ok"
	}
	return o.class + " " + o.reason
}

// caller is one of the clients.
type caller interface {
	call(ctx context.Context, operation string, input map[string]any) outcome
}

// sdkCaller calls by the Go SDK.
type sdkCaller struct{ client *api.Client }

func (c sdkCaller) call(ctx context.Context, operation string, input map[string]any) outcome {
	method := reflect.ValueOf(c.client).MethodByName(operation)
	in := reflect.New(method.Type().In(1).Elem())
	text, err := json.Marshal(input)
	if err != nil {
		return outcome{broken: err}
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in.Interface()); err != nil {
		return outcome{broken: fmt.Errorf("reading the input of %s: %w", operation, err)}
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	if err, failed := results[1].Interface().(error); failed {
		return outcomeOf(err)
	}
	text, err = json.Marshal(results[0].Interface())
	if err != nil {
		return outcome{broken: err}
	}
	var answer map[string]any
	return outcome{broken: json.Unmarshal(text, &answer), answer: answer}
}

func outcomeOf(err error) outcome {
	var refused smithy.APIError
	if !errors.As(err, &refused) {
		return outcome{broken: err}
	}
	o := outcome{class: refused.ErrorCode()}
	v := reflect.ValueOf(refused).Elem()
	if v.Kind() != reflect.Struct {
		return o
	}
	for _, name := range []string{"Reason", "ResourceType"} {
		if f := v.FieldByName(name); f.IsValid() && o.reason == "" {
			o.reason = f.String()
		}
	}
	return o
}

// stage is a double that a trial is played on, and what was made on it so far.
type stage struct {
	t      *testing.T
	d      double
	table  conformance
	things map[string]map[string]any
	last   map[string]any
	i      int
}

// front is an HTTP server that stays while the double behind it changes.
type front struct {
	url string
	d   atomic.Pointer[simulator.Simulator]
}

func newFront(t *testing.T) *front {
	t.Helper()
	f := &front{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.d.Load().Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// set makes a fresh double and brings it to where a trial begins.
func (f *front) set(t *testing.T, table conformance, tr trial) *stage {
	t.Helper()
	tr.options.Now = func() time.Time { return noon }
	d := simulator.New(tr.options)
	f.d.Store(d)
	s := &stage{t: t, table: table, things: map[string]map[string]any{}, d: double{
		Simulator: d, url: f.url, client: clientOf(f.url), number: d.AddNumber(simulator.NumberSpec{Number: ourNumber, TwoWayTopic: inbox}),
	}}
	for _, step := range tr.before {
		s.play(step)
	}
	return s
}

// sdk makes a call by the Go SDK, as every call does that is not the one on trial.
func (s *stage) sdk(operation string, input map[string]any) outcome {
	return sdkCaller{s.d.client}.call(s.t.Context(), operation, input)
}

// play does one step of before: makes a thing, makes a call, or what the double alone does.
func (s *stage) play(step any) {
	s.t.Helper()
	if name, ok := step.(string); ok {
		s.thing(name)
		return
	}
	for what, with := range step.(map[string]any) {
		switch what {
		case "steps":
		case "repeat":
			for s.i = range with.(int) {
				for _, repeated := range step.(map[string]any)["steps"].([]any) {
					s.play(repeated)
				}
			}
		case "advance":
			by, err := time.ParseDuration(with.(string))
			must(s.t, err)
			s.d.Advance(by)
		case "fill":
			must(s.t, fill(with.(string))(s.t.Context(), s.d))
		case "launch":
			must(s.t, s.d.LaunchRCSAgent(sms.Identity(s.filledIn(with).(string)), "US"))
		default:
			s.made(what, with.(map[string]any))
		}
	}
}

// made makes a call that must succeed, and returns its answer.
func (s *stage) made(operation string, input map[string]any) map[string]any {
	s.t.Helper()
	o := s.sdk(operation, s.filledIn(input).(map[string]any))
	if o.String() != "ok" {
		s.t.Fatalf("%s %v: %s", operation, input, o)
	}
	s.last = o.answer
	return o.answer
}

// thing makes what the table calls by a name, once.
func (s *stage) thing(name string) map[string]any {
	s.t.Helper()
	if s.things[name] == nil {
		for operation, input := range s.table.Things[name] {
			s.things[name] = s.made(operation, input)
		}
	}
	if s.things[name] == nil {
		s.t.Fatalf("there is no thing %q", name)
	}
	return s.things[name]
}

// filledIn is a value of the table with what stands in ${}.
func (s *stage) filledIn(value any) any {
	switch v := value.(type) {
	case map[string]any:
		filled := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) { // ids follow from the order in which things are made
			filled[key] = s.filledIn(v[key])
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i, element := range v {
			filled[i] = s.filledIn(element)
		}
		return filled
	case string:
		return os.Expand(v, s.named)
	}
	return value
}

// named is what ${reference} stands for.
func (s *stage) named(reference string) string {
	path := strings.Split(reference, ".")
	var found any
	switch {
	case reference == "i":
		return fmt.Sprint(s.i)
	case reference == "ours":
		return s.d.number
	case reference == "code":
		return s.d.VerificationCode(person)
	case path[0] == "last":
		found = s.last
	default:
		found = s.thing(path[0])
	}
	for _, member := range path[1:] {
		found = found.(map[string]any)[member]
	}
	text, ok := found.(string)
	if !ok {
		s.t.Fatalf("${%s} is %v", reference, found)
	}
	return text
}

// tally is what a client's trials came to.
type tally struct {
	calls   map[string]int            // by operation
	answers map[string]map[string]any // of the call that worked, by operation
	missing int                       // required members whose absence was refused by name
}

// TestConformance plays testdata/conformance.yaml with the Go SDK, boto3 and the AWS CLI, and holds
// docs/simulator-coverage.md to what came of it. go test ./internal/simulator -run Conformance -update writes it.
func TestConformance(t *testing.T) {
	t.Parallel()
	table := readConformance(t)
	if diff := cmp.Diff(simulator.New(simulator.Options{}).Operations(), slices.Sorted(maps.Keys(table.Operations))); diff != "" {
		t.Fatal(diff)
	}
	declared := declaredErrors(t)
	for operation, o := range table.Operations {
		checkClasses(t, operation, o, table.trials(t, operation), declared[operation])
	}
	results := map[string]tally{}
	t.Run("Go SDK", func(t *testing.T) {
		f := newFront(t)
		results["Go SDK"] = play(t, table, f, sdkCaller{clientOf(f.url)})
	})
	for _, name := range []string{"boto3", "AWS CLI"} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t)
			results[name] = play(t, table, f, newPythonCaller(t, f.url, name))
		})
	}
	for _, name := range []string{"boto3", "AWS CLI"} {
		for operation, answer := range results[name].answers {
			if diff := cmp.Diff(pruned(results["Go SDK"].answers[operation]), pruned(answer)); diff != "" {
				t.Errorf("%s: %s was answered otherwise than the Go SDK:\n%s", operation, name, diff)
			}
		}
	}
	if len(results) < 3 || t.Failed() {
		return
	}
	compareDocument(t, coverage(t, table, declared, results))
}

// checkClasses holds an operation's trials against the errors that the API declares: each is reached, or there is a
// reason why not.
func checkClasses(t *testing.T, operation string, o tried, trials []trial, declared []string) {
	t.Helper()
	reached := map[string]bool{}
	for _, tr := range trials {
		if class := tr.exception(); class != "" {
			reached[class] = true
		}
	}
	for _, class := range declared {
		if reason, excused := o.None[class]; reached[class] == excused {
			t.Errorf("%s: %s: reached %t, reason %q", operation, class, reached[class], reason)
		}
	}
	for class := range reached {
		if !slices.Contains(declared, class) {
			t.Errorf("%s does not declare %s", operation, class)
		}
	}
	for class := range o.None {
		if !slices.Contains(declared, class) {
			t.Errorf("%s does not declare %s", operation, class)
		}
	}
}

// play makes every trial with one client.
func play(t *testing.T, table conformance, f *front, client caller) tally {
	t.Helper()
	result := tally{calls: map[string]int{}, answers: map[string]map[string]any{}}
	python, _ := client.(*pythonCaller)
	for _, operation := range slices.Sorted(maps.Keys(table.Operations)) {
		for _, tr := range table.trials(t, operation) {
			s := f.set(t, table, tr)
			input := s.filledIn(tr.input).(map[string]any)
			if tr.arrange != nil {
				tr.arrange(s, input)
			}
			got := client.call(t.Context(), operation, input)
			if got.String() != tr.want {
				t.Errorf("%s %v (%s): %s, want %s", operation, input, tr.when, got, tr.want)
				continue
			}
			result.calls[operation]++
			if tr.want != "ok" {
				continue
			}
			result.answers[operation] = got.answer
			if python != nil && python.client == "boto3" {
				result.missing += leaveOut(t, python, operation, input)
			}
		}
	}
	return result
}

// leaveOut calls an operation without each of its required members in turn, which is refused by name.
func leaveOut(t *testing.T, client *pythonCaller, operation string, input map[string]any) (refused int) {
	t.Helper()
	for _, line := range modelLines() {
		f := strings.Split(line, "\t")
		member, ok := strings.CutPrefix(f[0], operation+"Input.")
		if !ok || len(f) < 2 || f[1] != "required" || strings.ContainsAny(member, ".[{") {
			continue
		}
		less := maps.Clone(input)
		delete(less, member)
		got := client.call(t.Context(), operation, less)
		if got.String() != "ValidationException MISSING_PARAMETER" || got.member != member {
			t.Errorf("%s without %s: %s %s", operation, member, got, got.member)
		}
		refused++
	}
	return refused
}

// pruned is an answer without what clients write in their own ways: times, and members that are empty or absent.
func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, member := range v {
			member = pruned(member)
			if member != nil && !strings.HasSuffix(key, "Timestamp") && key != "ResultMetadata" {
				kept[key] = member
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, element := range v {
			kept[i] = pruned(element)
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case string:
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	}
	return value
}
