package eum_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/outbox"
)

// api is the API as a script: each request is met by the next answer, the last one for ever.
type api struct {
	mu       sync.Mutex
	requests []request
	answers  []answer
}

type request struct {
	operation string
	body      map[string]any
}

type answer func(w http.ResponseWriter)

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	operation, _ := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "PinpointSMSVoiceV2.")
	a.mu.Lock()
	a.requests = append(a.requests, request{operation, body})
	next := a.answers[0]
	if len(a.answers) > 1 {
		a.answers = a.answers[1:]
	}
	a.mu.Unlock()
	next(w)
}

func (a *api) seen() []request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]request(nil), a.requests...)
}

// client is heed's client of the API at a server that answers like this.
func client(t *testing.T, answers ...answer) (*eum.Client, *api) {
	t.Helper()
	cfg, a := config(t, answers...)
	return eum.New(cfg), a
}

// config leads to a server that answers like this.
func config(t *testing.T, answers ...answer) (aws.Config, *api) {
	t.Helper()
	a := &api{answers: answers}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}, a
}

func status(code int, body string) answer {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func exception(name string) string { return `{"__type":"` + name + `","Message":"m"}` }

var (
	accepted  = status(200, `{"MessageId":"b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60"}`)
	throttled = status(400, exception("ThrottlingException"))
	internal  = status(500, exception("InternalServerException"))
)

// cut ends the connection with the request read and no answer given.
func cut(reset bool) answer {
	return func(w http.ResponseWriter) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		if tcp, ok := c.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

func text() outbox.Text {
	return outbox.Text{
		To: "+14255550101", From: "+12065550199", Body: "You are out. No more texts.", Context: map[string]string{"heed_outbox": "42"},
		ConfigurationSet: "acme-alerts", TimeToLive: 5 * time.Minute,
	}
}

// A reply carries what brings it back: what travels with it in the context, the set that events come by,
// and the identity that the person texted.
func TestSendText(t *testing.T) {
	t.Parallel()
	c, a := client(t, accepted)
	id, err := c.SendText(t.Context(), text())
	if err != nil || id != "b2f0a1de-91a4-4c3c-8a1e-5b7e9c2d4f60" {
		t.Fatalf("%q %v", id, err)
	}
	want := []request{{"SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+14255550101", "OriginationIdentity": "+12065550199", "MessageBody": "You are out. No more texts.",
		"MessageType": "TRANSACTIONAL", "ConfigurationSetName": "acme-alerts", "TimeToLive": 300.0,
		"Context": map[string]any{"heed_outbox": "42"},
	}}}
	if diff := cmp.Diff(want, a.seen(), cmp.AllowUnexported(request{})); diff != "" {
		t.Error(diff)
	}
}

// Each try asks whether the text is still to go out, the one behind a throttled one too: that was waited for.
func TestSendTextAsksBeforeEachTry(t *testing.T) {
	t.Parallel()
	c, a := client(t, throttled, accepted)
	overtaken := errors.New("overtaken")
	answers := []error{nil, overtaken}
	in := text()
	in.Still = func(context.Context) error {
		answer := answers[0]
		answers = answers[1:]
		return answer
	}
	if id, err := c.SendText(t.Context(), in); id != "" || !errors.Is(err, overtaken) || len(a.seen()) != 1 || len(answers) != 0 {
		t.Errorf("%q %v, %d calls, %d answers left", id, err, len(a.seen()), len(answers))
	}
}

// AWS takes 5 seconds to 72 hours, and what is left out is left to AWS.
func TestSendTextOptions(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why  string
		ttl  time.Duration
		want any
	}{
		{"not given", 0, nil},
		{"too short", time.Second, 5.0},
		{"a part of a second", 6500 * time.Millisecond, 6.0},
		{"the least", 5 * time.Second, 5.0},
		{"the most", 72 * time.Hour, 259200.0},
		{"too long", 1000 * time.Hour, 259200.0},
	} {
		c, a := client(t, accepted)
		in := text()
		in.TimeToLive, in.ConfigurationSet = row.ttl, ""
		if _, err := c.SendText(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		body := a.seen()[0].body
		if body["TimeToLive"] != row.want {
			t.Errorf("%s: %v, want %v", row.why, body["TimeToLive"], row.want)
		}
		if _, given := body["ConfigurationSetName"]; given {
			t.Errorf("%s: a configuration set without a name", row.why)
		}
	}
}

// A send that may have been accepted is never made twice: there is no token that would tell AWS that it is the same.
func TestSendTextIsTriedOnce(t *testing.T) {
	t.Parallel()
	for why, row := range map[string]struct {
		answer answer
		want   fault.Kind
	}{
		"a fault of AWS":                      {internal, fault.Ambiguous},
		"a bad gateway":                       {status(502, "<html>"), fault.Ambiguous},
		"unavailable":                         {status(503, ""), fault.Ambiguous},
		"a gateway that waited in vain":       {status(504, ""), fault.Ambiguous},
		"a connection that was closed":        {cut(false), fault.Ambiguous},
		"a connection that was reset":         {cut(true), fault.Ambiguous},
		"an answer that cannot be read":       {status(200, "<html>"), fault.Ambiguous},
		"refused: the person opted out":       {status(400, `{"__type":"ConflictException","Reason":"DESTINATION_PHONE_NUMBER_OPTED_OUT"}`), fault.Permanent},
		"refused: wrong in itself":            {status(400, exception("ValidationException")), fault.Permanent},
		"refused: no right":                   {status(400, exception("AccessDeniedException")), fault.Permanent},
		"a code that the SDK would try again": {status(400, exception("RequestTimeout")), fault.Permanent},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			// The first send opens the connection; on one that was used before, HTTP itself might try again.
			c, a := client(t, accepted, row.answer)
			if _, err := c.SendText(t.Context(), text()); err != nil {
				t.Fatal(err)
			}
			_, err := c.SendText(t.Context(), text())
			if got := fault.Of(err); err == nil || got != row.want {
				t.Errorf("%v is %s, want %s", err, got, row.want)
			}
			if n := len(a.seen()) - 1; n != 1 {
				t.Errorf("%d tries", n)
			}
			if strings.Contains(err.Error(), "4255550101") || strings.Contains(err.Error(), "No more texts") {
				t.Errorf("the error quotes the text: %v", err)
			}
		})
	}
}

func TestSendTextTimesOutOnce(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	c, a := client(t, func(http.ResponseWriter) { <-release })
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := c.SendText(ctx, text())
	if fault.Of(err) != fault.Ambiguous || !errors.Is(err, context.DeadlineExceeded) || len(a.seen()) != 1 {
		t.Errorf("%d tries: %v", len(a.seen()), err)
	}
}

// Throttling is the one failure of which AWS says that nothing was accepted: it is tried again, a few times.
func TestSendTextWaitsForThrottling(t *testing.T) {
	t.Parallel()
	c, a := client(t, throttled, accepted)
	if id, err := c.SendText(t.Context(), text()); err != nil || id == "" || len(a.seen()) != 2 {
		t.Errorf("%d tries, %q: %v", len(a.seen()), id, err)
	}
	c, a = client(t, throttled)
	_, err := c.SendText(t.Context(), text())
	if n := len(a.seen()); n < 2 || n > 5 {
		t.Errorf("%d tries", n)
	}
	if fault.Explain(err) != (fault.Fault{Kind: fault.Retryable, Reason: fault.Throttled, Word: "ThrottlingException"}) {
		t.Errorf("%v is %+v", err, fault.Explain(err))
	}
	// Throttled first and then in the dark: not again.
	c, a = client(t, throttled, internal, accepted)
	if _, err := c.SendText(t.Context(), text()); fault.Of(err) != fault.Ambiguous || len(a.seen()) != 2 {
		t.Errorf("%d tries: %v", len(a.seen()), err)
	}
}

// Putting on a list and taking off it can be done twice, so the SDK may try again.
func TestOptOutList(t *testing.T) {
	t.Parallel()
	calls := map[string]func(*eum.Client) error{
		"PutOptedOutNumber":    func(c *eum.Client) error { return c.PutOptedOut(t.Context(), "acme-alerts", "+14255550101") },
		"DeleteOptedOutNumber": func(c *eum.Client) error { return c.DeleteOptedOut(t.Context(), "acme-alerts", "+14255550101") },
	}
	for operation, call := range calls {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			want := request{operation, map[string]any{"OptOutListName": "acme-alerts", "OptedOutNumber": "+14255550101"}}
			c, a := client(t, internal, status(200, `{}`))
			if err := call(c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]request{want, want}, a.seen(), cmp.AllowUnexported(request{})); diff != "" {
				t.Error(diff)
			}
			c, a = client(t, status(400, exception("ResourceNotFoundException")))
			err := call(c)
			if fault.Explain(err).Reason != fault.NotFound || len(a.seen()) != 1 {
				t.Errorf("%d tries: %v", len(a.seen()), err)
			}
			if err == nil || strings.Contains(err.Error(), "4255550101") || !strings.Contains(err.Error(), "acme-alerts") {
				t.Errorf("an operator reads: %v", err)
			}
		})
	}
}

// Feedback can be given twice, so the SDK may try again. The error of a message that AWS does not know is known by its
// reason.
func TestPutFeedback(t *testing.T) {
	t.Parallel()
	want := request{"PutMessageFeedback", map[string]any{"MessageId": "b2f0a1de", "MessageFeedbackStatus": "RECEIVED"}}
	c, a := client(t, internal, status(200, `{"MessageId":"b2f0a1de","MessageFeedbackStatus":"RECEIVED"}`))
	if err := c.PutFeedback(t.Context(), "b2f0a1de"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]request{want, want}, a.seen(), cmp.AllowUnexported(request{})); diff != "" {
		t.Error(diff)
	}
	c, a = client(t, status(400, exception("ResourceNotFoundException")))
	if err := c.PutFeedback(t.Context(), "b2f0a1de"); fault.Explain(err).Reason != fault.NotFound || len(a.seen()) != 1 {
		t.Errorf("%d tries: %v", len(a.seen()), err)
	}
}
