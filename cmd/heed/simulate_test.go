package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"

	"github.com/heedsms/heed/internal/simulator"
)

// transcript is what a command wrote so far, readable while it runs.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// runningDouble is a running heed simulate.
type runningDouble struct {
	url    string
	out    *transcript
	client *api.Client
}

// simulated runs heed simulate until the test ends.
func simulated(t *testing.T, args ...string) runningDouble {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out transcript
	told, done := make(chan string, 10), make(chan int)
	go func() {
		done <- run(ctx, append([]string{"simulate", "--listen", "127.0.0.1:0"}, args...), terminal{nil, &out, lines(told)})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			t.Errorf("heed simulate %v: exit %d", args, code)
		}
	})
	select {
	case line := <-told:
		url := strings.TrimSuffix(strings.Fields(line)[5], ",")
		return runningDouble{url: url, out: &out, client: api.New(api.Options{
			BaseEndpoint: aws.String(url), Region: "us-east-1", RetryMaxAttempts: 1,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "dev", SecretAccessKey: "dev"}, nil
			}),
		})}
	case code := <-done:
		go func() { done <- code }()
		t.Fatalf("heed simulate %v: exit %d", args, code)
		return runningDouble{}
	}
}

// http makes a request and returns the status and what came.
func (d runningDouble) http(t *testing.T, method, path, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

// send texts somebody, and returns the id or the name of the error.
func (d runningDouble) send(t *testing.T) string {
	t.Helper()
	out, err := d.client.SendTextMessage(t.Context(), &api.SendTextMessageInput{
		DestinationPhoneNumber: aws.String("+14255550101"), OriginationIdentity: aws.String("+12065550100"), MessageBody: aws.String("hello"),
	})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused):
		return refused.ErrorCode()
	case err != nil:
		return err.Error()
	}
	return *out.MessageId
}

// The clock goes on by request and never back.
func TestSimulateClock(t *testing.T) {
	t.Parallel()
	d := simulated(t)
	now := func(answer string) time.Time {
		var clock struct{ Now time.Time }
		if err := json.Unmarshal([]byte(answer), &clock); err != nil {
			t.Fatalf("%s: %v", answer, err)
		}
		return clock.Now
	}
	_, before := d.http(t, "GET", "/clock", "")
	_, after := d.http(t, "POST", "/clock", `{"advance": "72h"}`)
	if went := now(after).Sub(now(before)); went < 72*time.Hour || went > 73*time.Hour {
		t.Errorf("it went on by %s", went)
	}
	for _, wrong := range []string{`{"advance": "-1h"}`, `{"advance": "tomorrow"}`, `{"forward": "1h"}`, `72h`, `{"advance": "1h"} {"advance": "2h"}`} {
		if status, answer := d.http(t, "POST", "/clock", wrong); status != http.StatusBadRequest || !strings.Contains(answer, `{"advance": "72h"}`) {
			t.Errorf("%s: %d %s", wrong, status, answer)
		}
	}
	if status, answer := d.http(t, "POST", "/clock", `{"advance": "1752000h"}`); status != http.StatusBadRequest || !strings.Contains(answer, "2200") {
		t.Errorf("200 years: %d %s", status, answer)
	}
}

// A page of the web that a developer looks at changes nothing.
func TestSimulateFromOtherPages(t *testing.T) {
	t.Parallel()
	d := simulated(t)
	for _, path := range []string{"/clock", "/faults", "/people/+14255550101/messages", "/"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+path, strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://example.com")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// Faults strike as often as was asked, or until they are healed; what is no fault is refused with what to write.
func TestSimulateFaults(t *testing.T) {
	t.Parallel()
	d := simulated(t)
	for _, test := range []struct {
		fault string
		want  []string // the sends after it; "" means accepted
	}{
		{`{"operation": "SendTextMessage", "throttle": true, "times": 2}`, []string{"ThrottlingException", "ThrottlingException", ""}},
		{`{"refuse": "InternalServerException"}`, []string{"InternalServerException", ""}},
		{`{"refuse": "AccessDeniedException"}`, []string{"AccessDeniedException", ""}},
		{`{"operation": "PutKeyword", "throttle": true}`, []string{""}},
		{`{"operation": "SendTextMessage", "lose": "error"}`, []string{"InternalServerException", ""}},
		{`{"operation": "SendTextMessage", "lose": "cut"}`, []string{"EOF", ""}},
		{`{"operation": "SendTextMessage", "delay": "1ms", "delayAfter": "1ms"}`, []string{""}},
		{`{"operation": "SendTextMessage", "throttle": true, "times": -1}`, []string{"ThrottlingException", "ThrottlingException", "ThrottlingException"}},
	} {
		if status, answer := d.http(t, "POST", "/faults", test.fault); status != http.StatusNoContent {
			t.Errorf("%s: %d %s", test.fault, status, answer)
		}
		for i, want := range test.want {
			if got := d.send(t); want != "" && !strings.Contains(got, want) || want == "" && strings.Count(got, "-") != 4 {
				t.Errorf("%s: send %d: %s, want %q", test.fault, i, got, want)
			}
		}
		d.http(t, "DELETE", "/faults", "")
	}
	if got := d.send(t); strings.Count(got, "-") != 4 {
		t.Errorf("healed: %s", got)
	}
	for wrong, says := range map[string]string{
		`{"operation": "SendTextMessage"}`:            "nothing is to go wrong",
		`{"refuse": "Tuesday"}`:                       "refuse",
		`{"lose": "all"}`:                             "lose",
		`{"delay": "long"}`:                           "delay",
		`{"delayAfter": "-5s"}`:                       "delayAfter: write a time",
		`{"operation": "SendText", "throttle": true}`: "as SendTextMessage",
		`{"throtle": true}`:                           "throtle",
	} {
		if status, answer := d.http(t, "POST", "/faults", wrong); status != http.StatusBadRequest || !strings.Contains(answer, says) {
			t.Errorf("%s: %d %s", wrong, status, answer)
		}
	}
}

// With --managed AWS confirms STOP and keeps the list; without it the text is published and nothing else happens.
func TestSimulateManaged(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args  []string
		inbox string // what the phone shows
		send  string
	}{
		{[]string{"--managed"}, "opted out", "ConflictException"},
		{nil, "[]", "-"},
	} {
		d := simulated(t, test.args...)
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"text", "--url", d.url, "STOP"}, terminal{nil, &out, &errs}); code != 0 || strings.Count(out.String(), "-") != 4 {
			t.Errorf("%v: heed text: exit %d: %s%s", test.args, code, out.String(), errs.String())
		}
		if _, inbox := d.http(t, "GET", "/people/+14255550101/messages", ""); !strings.Contains(inbox, test.inbox) {
			t.Errorf("%v: the phone shows %s", test.args, inbox)
		}
		if got := d.send(t); !strings.Contains(got, test.send) {
			t.Errorf("%v: a send after STOP: %s", test.args, got)
		}
		if published := strings.Contains(d.out.String(), `\"messageBody\":\"STOP\"`); published != (test.args == nil) {
			t.Errorf("%v: published: %t", test.args, published)
		}
	}
}

// heed text says why it could not.
func TestTextRefused(t *testing.T) {
	t.Parallel()
	d := simulated(t)
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"text", "--url", d.url, "--to", "+12065550155", "STOP"}, "nobody has this number"},
		{[]string{"text", "--url", "http://127.0.0.1:1", "STOP"}, "is heed simulate running"},
		{[]string{"text", "--to", "", "--url", d.url, "STOP"}, `texting "": nobody has this number`},
		{[]string{"text", "--url", d.url + "/nowhere", "STOP"}, "Method Not Allowed"},
	} {
		var errs strings.Builder
		if code := run(t.Context(), test.args, terminal{nil, io.Discard, &errs}); code != exitNo || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%v: exit %d: %s", test.args, code, errs.String())
		}
	}
}

// What somebody mistyped is said before anything happens.
func TestSimulateWrongUse(t *testing.T) {
	t.Parallel()
	busy := strings.TrimPrefix(simulated(t).url, "http://")
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"simulate", "--chaos", "2"}, "a probability from 0 to 1"},
		{[]string{"simulate", "--max-messages=-1"}, "0 to keep all"},
		{[]string{"simulate", "--visible-after=-1s"}, "as 30s"},
		{[]string{"simulate", "--number", "+12065550100", "--number", "hello"}, "--number hello is no number"},
		{[]string{"simulate", "--deliver-to", "localhost:9000"}, "as http://localhost:9000/sns"},
		{[]string{"simulate", "--listen", busy}, "127.0.0.1:0 for any that is free"},
		{[]string{"text", "--from", "abc", "STOP"}, "--from abc is nobody's number"},
		{[]string{"text", "--from", "", "STOP"}, "write it as +14255550101"},
	} {
		var errs strings.Builder
		if code := run(t.Context(), test.args, terminal{nil, io.Discard, &errs}); code != exitUsage || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%v: exit %d: %s", test.args, code, errs.String())
		}
	}
}

// Who looks at the double with a browser is told what it is and has.
func TestSimulateSaysWhatItIs(t *testing.T) {
	t.Parallel()
	d := simulated(t, "--number", "12345") // a short code is a number
	if status, page := d.http(t, "GET", "/", ""); status != http.StatusOK || !strings.Contains(page, "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2") {
		t.Errorf("%d %s", status, page)
	}
	if status, answer := d.http(t, "GET", "/?Action=ConfirmSubscription&Token=none", ""); status != http.StatusBadRequest {
		t.Errorf("a link of SNS: %d %s", status, answer)
	}
}

// An endpoint that does not answer keeps nobody waiting: not who texts, not the clock, not another endpoint, not the end.
func TestSimulateDeliversToASlowEndpoint(t *testing.T) {
	t.Parallel()
	endpoint := func(notified func(r *http.Request)) string {
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var notice struct{ Type, SubscribeURL string }
			if err := json.NewDecoder(r.Body).Decode(&notice); err != nil {
				t.Error(err)
			}
			if notice.Type == "Notification" {
				notified(r)
				return
			}
			confirmed, err := http.Get(notice.SubscribeURL)
			if err != nil {
				t.Error(err)
				return
			}
			_ = confirmed.Body.Close()
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	hangs, got := make(chan bool, 10), make(chan bool, 10)
	slow := endpoint(func(r *http.Request) { hangs <- true; <-r.Context().Done() })
	quick := endpoint(func(*http.Request) { got <- true })

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	told, ended := make(chan string, 10), make(chan int)
	go func() {
		ended <- run(ctx, []string{"simulate", "--listen", "127.0.0.1:0", "--deliver-to", slow, "--deliver-to", quick}, terminal{nil, io.Discard, lines(told)})
	}()
	d := runningDouble{url: strings.TrimSuffix(strings.Fields(<-told)[5], ",")}
	began := time.Now()
	for range 3 {
		if status, answer := d.http(t, "POST", "/people/+14255550101/messages", `{"to": "+12065550100", "body": "JOIN"}`); status != http.StatusOK {
			t.Fatal(answer)
		}
		<-got
	}
	<-hangs
	if status, answer := d.http(t, "POST", "/clock", `{"advance": "72h"}`); status != http.StatusOK {
		t.Fatal(answer)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d", code)
	}
	if took := time.Since(began); took > 12*time.Second { // an endpoint has 15 to answer
		t.Errorf("it took %s", took)
	}
	if first, last := <-told, <-told; !strings.Contains(first, "the double is closed") || !strings.Contains(last, "in all") {
		t.Errorf("told: %s%s", first, last)
	}
}

// An endpoint gets both topics once it has confirmed, as with SNS.
func TestSimulateDeliversToAnEndpoint(t *testing.T) {
	t.Parallel()
	got := make(chan string, 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var notice struct{ Type, TopicArn, SubscribeURL string }
		if err := json.NewDecoder(r.Body).Decode(&notice); err != nil {
			t.Error(err)
		}
		if notice.Type == "SubscriptionConfirmation" {
			confirmed, err := http.Get(notice.SubscribeURL)
			if err != nil || confirmed.StatusCode != http.StatusOK {
				t.Errorf("confirming: %v %v", confirmed, err)
				return
			}
			_ = confirmed.Body.Close()
		}
		got <- notice.Type + " " + notice.TopicArn[strings.LastIndex(notice.TopicArn, ":")+1:]
	}))
	t.Cleanup(endpoint.Close)
	d := simulated(t, "--deliver-to", endpoint.URL, "--seed", "1")
	want := func(wanted string) {
		t.Helper()
		select {
		case g := <-got:
			if g != wanted {
				t.Errorf("got %s, want %s", g, wanted)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s did not come", wanted)
		}
	}
	want("SubscriptionConfirmation two-way")
	want("SubscriptionConfirmation events")
	if status, answer := d.http(t, "POST", "/people/+14255550101/messages", `{"to": "+12065550100", "body": "JOIN"}`); status != http.StatusOK {
		t.Fatal(answer)
	}
	want("Notification two-way")
}

// An endpoint that takes one call at a time and sends while it has one does not wait for itself.
func TestSimulateDeliversToAnEndpointThatSends(t *testing.T) {
	t.Parallel()
	const set = "set"
	confirmations, replied, events := make(chan error, 2), make(chan error, 1), make(chan string, 10)
	var one sync.Mutex
	var client *api.Client
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		one.Lock()
		defer one.Unlock()
		var notice struct{ Type, TopicArn, SubscribeURL, Message string }
		if err := json.NewDecoder(r.Body).Decode(&notice); err != nil {
			t.Error(err)
		}
		switch {
		case notice.Type == "SubscriptionConfirmation":
			confirmed, err := http.Get(notice.SubscribeURL)
			if err == nil {
				_ = confirmed.Body.Close()
			}
			confirmations <- err
		case strings.HasSuffix(notice.TopicArn, ":two-way"):
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_, err := client.SendTextMessage(ctx, &api.SendTextMessageInput{
				DestinationPhoneNumber: aws.String("+14255550101"), OriginationIdentity: aws.String("+12065550100"),
				MessageBody: aws.String("thanks"), ConfigurationSetName: aws.String(set),
			})
			replied <- err
		default:
			var event struct{ EventType string }
			if err := json.Unmarshal([]byte(notice.Message), &event); err != nil {
				t.Error(err)
			}
			events <- event.EventType
		}
	}))
	t.Cleanup(endpoint.Close)
	d := simulated(t, "--deliver-to", endpoint.URL)
	client = d.client
	came := func(c chan error, what string) {
		t.Helper()
		select {
		case err := <-c:
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		case <-time.After(15 * time.Second):
			t.Fatalf("%s did not come", what)
		}
	}
	came(confirmations, "the first subscription") // what is published before is lost, as with SNS
	came(confirmations, "the second subscription")
	_, err := d.client.CreateConfigurationSet(t.Context(), &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String(set)})
	if err == nil {
		_, err = d.client.CreateEventDestination(t.Context(), &api.CreateEventDestinationInput{
			ConfigurationSetName: aws.String(set), EventDestinationName: aws.String("events"), MatchingEventTypes: []types.EventType{types.EventTypeAll},
			SnsDestination: &types.SnsDestination{TopicArn: aws.String("arn:aws:sns:us-east-1:111122223333:events")},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := d.http(t, "POST", "/people/+14255550101/messages", `{"to": "+12065550100", "body": "JOIN"}`); status != http.StatusOK {
		t.Fatal(answer)
	}
	came(replied, "the reply")
	for _, want := range []string{"TEXT_QUEUED", "TEXT_SUCCESSFUL", "TEXT_DELIVERED"} {
		select {
		case got := <-events:
			if got != want {
				t.Errorf("%s came, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s did not come", want)
		}
	}
}

// The other settings, by what a send comes to.
func TestSimulateSettings(t *testing.T) {
	t.Parallel()
	if got := simulated(t, "--sandbox").send(t); got != "ConflictException" {
		t.Errorf("in the sandbox: %s", got)
	}
	if got := simulated(t, "--chaos", "1").send(t); got != "ThrottlingException" {
		t.Errorf("in chaos: %s", got)
	}
	limited := simulated(t, "--limits")
	if first, second := limited.send(t), limited.send(t); first == "ThrottlingException" || second != "ThrottlingException" {
		t.Errorf("with limits: %s, then %s", first, second)
	}
	first, again, other := simulated(t, "--seed", "7").send(t), simulated(t, "--seed", "7").send(t), simulated(t, "--seed", "8").send(t)
	if first != again || first == other {
		t.Errorf("seeds: %s, %s, and of another %s", first, again, other)
	}
	var errs strings.Builder
	if code := run(t.Context(), []string{"simulate", "--listen", "127.0.0.1:0", "--deliver-to", "http://127.0.0.1:1"}, terminal{nil, io.Discard, &errs}); code != exitNo {
		t.Errorf("an endpoint that is not there: exit %d: %s", code, errs.String())
	}
}

// What a person does on an RCS phone becomes the payload that AWS publishes.
func TestPeopleOnRCS(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Options{Unsigned: true})
	const topic = "arn:aws:sns:us-east-1:111122223333:two-way"
	agent := sim.AddRCSAgent(simulator.RCSAgentSpec{TwoWayTopic: topic})
	var published []map[string]any
	sim.Subscribe(topic, func(_ context.Context, n simulator.Notification) {
		var payload struct{ MessageBody string }
		body := map[string]any{}
		if err := errors.Join(json.Unmarshal([]byte(n.Message), &payload), json.Unmarshal([]byte(payload.MessageBody), &body)); err != nil {
			t.Error(err)
		}
		published = append(published, body)
	})
	server := httptest.NewServer(doubleHandler(sim))
	t.Cleanup(server.Close)
	d := runningDouble{url: server.URL}
	for _, test := range []struct{ said, member, want string }{
		{`"typing": true`, "type", "RCS_TYPING"},
		{`"tap": {"text": "Yes", "postbackData": "yes-1"}`, "postbackData", "yes-1"},
		{`"media": {"fileName": "photo.jpg", "mimeType": "image/jpeg"}`, "mediaStatus", "SUCCESS"},
		{`"media": {"mediaStatus": "UPLOAD_FAILED"}`, "mediaStatus", "UPLOAD_FAILED"},
		{`"location": {"latitude": 47.6, "longitude": -122.3}`, "type", "LOCATION"},
	} {
		status, answer := d.http(t, "POST", "/people/+14255550101/messages", fmt.Sprintf(`{"to": %q, %s}`, agent, test.said))
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", test.said, status, answer)
		}
		if got := published[len(published)-1][test.member]; got != test.want {
			t.Errorf("%s: %v", test.said, published[len(published)-1])
		}
	}
	number := sim.AddNumber(simulator.NumberSpec{Number: "+12065550100", TwoWayTopic: topic})
	for _, test := range []struct{ from, said, says string }{
		{"+14255550101", fmt.Sprintf(`{"to": %q}`, agent), "nothing was said"},
		{"+14255550101", fmt.Sprintf(`{"to": %q, "typing": true}`, number), "for RCS agents"},
		{"Ada", fmt.Sprintf(`{"to": %q, "body": "JOIN"}`, number), "Ada is nobody's number"},
		{"+14255550101", fmt.Sprintf(`{"to": %q, "body": "JOIN"}{"to": %[1]q, "body": "STOP"}`, number), "something follows"},
	} {
		if status, answer := d.http(t, "POST", "/people/"+test.from+"/messages", test.said); status != http.StatusBadRequest || !strings.Contains(answer, test.says) {
			t.Errorf("%s %s: %d %s", test.from, test.said, status, answer)
		}
	}
}
