package cloud_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/outbox"
)

// eventBridge is EventBridge as far as PutEvents goes: it works the signature out from what came over the wire, keeps to
// the limits of a call, and refuses events by their detail.
type eventBridge struct {
	t        *testing.T
	buses    []string
	entries  []map[string]string
	calls    int
	status   int
	header   map[string]string
	answer   string
	refusals map[string]string // detail to error code
}

func (b *eventBridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.calls++
	body, _ := io.ReadAll(r.Body)
	sum := sha256.Sum256(body)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:])) // what was signed is the body that came
	if got, want := signatureOf(r), sign(r, r.URL.Path); got != want || !strings.Contains(r.Header.Get("Authorization"), "/events/aws4_request") {
		b.t.Errorf("not signed for EventBridge: %s", r.Header.Get("Authorization"))
	}
	if r.Method != http.MethodPost || r.URL.Path != "/" || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || r.Header.Get("Content-Type") != "application/x-amz-json-1.1" {
		b.t.Errorf("no PutEvents: %s %s %v", r.Method, r.URL, r.Header)
	}
	for name, value := range b.header {
		w.Header().Set(name, value)
	}
	if b.status != 0 {
		w.WriteHeader(b.status)
		_, _ = io.WriteString(w, b.answer)
		return
	}
	var in struct{ Entries []map[string]string }
	if err := json.Unmarshal(body, &in); err != nil || len(in.Entries) == 0 || len(in.Entries) > 10 {
		b.t.Errorf("%d entries: %v", len(in.Entries), err)
	}
	var out struct {
		FailedEntryCount int
		Entries          []map[string]string
	}
	size := 0
	for _, e := range in.Entries {
		size += len(e["Source"]) + len(e["DetailType"]) + len(e["Detail"])
		b.buses = append(b.buses, e["EventBusName"])
		if code := b.refusals[e["Detail"]]; code != "" {
			out.FailedEntryCount++
			out.Entries = append(out.Entries, map[string]string{"ErrorCode": code, "ErrorMessage": "quotes " + e["Detail"]})
			continue
		}
		b.entries = append(b.entries, e)
		out.Entries = append(out.Entries, map[string]string{"EventId": fmt.Sprint("e-", len(b.entries))})
	}
	if size > 256<<10 {
		b.t.Errorf("a call of %d bytes", size)
	}
	_ = json.NewEncoder(w).Encode(out)
}

func events(details ...string) []outbox.Event {
	var all []outbox.Event
	for _, d := range details {
		all = append(all, outbox.Event{Type: "Text Forwarded", Detail: d})
	}
	return all
}

// publish puts events on a bus, call after call, and gives what became of each.
func publish(t *testing.T, bus *cloud.Bus, all []outbox.Event) []outbox.Receipt {
	t.Helper()
	var receipts []outbox.Receipt
	for len(receipts) < len(all) {
		r, err := bus.Publish(t.Context(), all[len(receipts):])
		if err != nil || len(r) == 0 {
			t.Fatalf("%d receipts: %v", len(r), err)
		}
		receipts = append(receipts, r...)
	}
	return receipts
}

// Events go out as they are, in as many calls as AWS's limits make of them, signed so that AWS agrees.
func TestBus(t *testing.T) {
	big := `{"text":"` + strings.Repeat("é", 60<<10) + `"}` // 120 KB
	for _, row := range []struct {
		why     string
		details []string
		calls   int
	}{
		{"one", []string{`{"a":1}`}, 1},
		{"ten are one call", strings.Split(strings.Repeat(`{} `, 10), " ")[:10], 1},
		{"eleven are two", strings.Split(strings.Repeat(`{} `, 11), " ")[:11], 2},
		{"256 KB a call", []string{big, big, big, `{}`}, 2},
		{"every letter", []string{"{\"text\":\"\\\"😀\\u0000\\u2028 <&> \x7f\"}"}, 1},
		{"half a letter does no harm", []string{"{\"text\":\"\xff\"}"}, 1},
	} {
		b := &eventBridge{t: t}
		server := httptest.NewServer(b)
		for name, variables := range map[string]map[string]string{
			"its own endpoint":      {"AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL},
			"the endpoint of all":   {"AWS_ENDPOINT_URL": server.URL + "/"},
			"without a token":       {"AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL, "AWS_SESSION_TOKEN": ""},
			"its own is the nearer": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL},
		} {
			b.entries, b.calls = nil, 0
			receipts := publish(t, cloud.NewBus(environment(t, variables), "acme", signedAt), events(row.details...))
			for i, r := range receipts {
				want := strings.ToValidUTF8(row.details[i], "\ufffd")
				e := b.entries[i]
				if r.Err != nil || r.ID != fmt.Sprint("e-", i+1) || e["Detail"] != want || e["Source"] != "heed" || e["DetailType"] != "Text Forwarded" || e["EventBusName"] != "acme" {
					t.Errorf("%s, %s: %+v %.60v", row.why, name, r, e)
				}
			}
			if b.calls != row.calls {
				t.Errorf("%s, %s: %d calls, want %d", row.why, name, b.calls, row.calls)
			}
		}
		server.Close()
	}
}

// One event that is refused says nothing of the others; one that no call takes is not sent.
func TestBusRefusesOne(t *testing.T) {
	b := &eventBridge{t: t, refusals: map[string]string{`{"n":1}`: "ThrottlingException", `{"n":2}`: "MalformedDetail", `{"n":3}`: "NotAuthorizedForSourceException"}}
	server := httptest.NewServer(b)
	defer server.Close()
	bus := cloud.NewBus(environment(t, map[string]string{"AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL}), "acme", signedAt)
	huge := `{"text":"` + strings.Repeat("x", 256<<10) + `"}`
	receipts := publish(t, bus, events(`{"n":0}`, `{"n":1}`, `{"n":2}`, `{"n":3}`, huge, `{"n":5}`))
	for i, want := range []fault.Fault{
		{},
		{Kind: fault.Retryable, Reason: fault.Throttled, Word: "ThrottlingException"},
		{Kind: fault.Poison, Reason: "malformed_detail", Loud: true, Word: "MalformedDetail"},
		{Kind: fault.Permanent, Reason: "notauthorizedforsourceexception", Loud: true, Word: "NotAuthorizedForSourceException"},
		{Kind: fault.Poison, Reason: "too_large", Loud: true, Word: "EventTooLarge"},
		{},
	} {
		if got := fault.Explain(receipts[i].Err); got != want || (receipts[i].ID != "") != (want.Kind == "") {
			t.Errorf("%d: %+v %q, want %+v", i, got, receipts[i].ID, want)
		}
	}
	if len(b.entries) != 2 {
		t.Errorf("%d on the bus", len(b.entries))
	}
}

// Each row: an answer that is none, and what it means for all of the call. No error quotes a person.
func TestBusAnswers(t *testing.T) {
	for _, row := range []struct {
		why    string
		status int
		header string
		answer string
		want   fault.Fault
	}{
		{"too fast", 400, "", `{"__type":"ThrottlingException","message":"secret"}`, fault.Fault{Kind: fault.Retryable, Reason: fault.Throttled, Word: "ThrottlingException"}},
		{"no right", 400, "", `{"__type":"com.amazonaws.events#AccessDeniedException","message":"secret"}`, fault.Fault{Kind: fault.Permanent, Reason: "access_denied", Loud: true, Word: "AccessDeniedException"}},
		{"told in the header", 400, "AccessDeniedException:http://internal.amazon.com/", `secret`, fault.Fault{Kind: fault.Permanent, Reason: "access_denied", Loud: true, Word: "AccessDeniedException"}},
		{"a name of next year", 400, "", `{"__type":"MoonException"}`, fault.Fault{Kind: fault.Permanent, Reason: "moonexception", Loud: true, Word: "MoonException"}},
		{"a fault of the service", 500, "", `{"__type":"InternalException","message":"secret"}`, fault.Fault{Kind: fault.Ambiguous, Reason: fault.ServerError, Word: "InternalException"}},
		{"a gateway's page", 502, "", `<html>secret</html>`, fault.Fault{Kind: fault.Ambiguous, Reason: fault.ServerError}},
		{"a proxy that lets nobody through", 403, "", `<html>secret</html>`, fault.Fault{Kind: fault.Permanent, Reason: "refused", Loud: true}},
		{"taken, and the answer cannot be read", 200, "", `<html>secret</html>`, fault.Fault{Kind: fault.Ambiguous, Reason: fault.Unknown}},
		{"an answer of other events", 200, "", `{"Entries":[]}`, fault.Fault{Kind: fault.Ambiguous, Reason: fault.Unknown}},
	} {
		b := &eventBridge{t: t, status: row.status, answer: row.answer, header: map[string]string{"X-Amzn-Errortype": row.header}}
		server := httptest.NewServer(b)
		bus := cloud.NewBus(environment(t, map[string]string{"AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL}), "acme", signedAt)
		receipts, err := bus.Publish(t.Context(), events(`{"text":"secret"}`))
		if got := fault.Explain(err); err == nil || got != row.want || len(receipts) > 0 || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %+v, want %+v: %v", row.why, got, row.want, err)
		}
		server.Close()
	}
	nobody := cloud.NewBus(environment(t, map[string]string{"AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:1"}), "acme", signedAt)
	if _, err := nobody.Publish(t.Context(), events(`{}`)); fault.Explain(err) != (fault.Fault{Kind: fault.Retryable, Reason: fault.Unreachable}) {
		t.Errorf("nobody there: %v", err)
	}
	without := cloud.NewBus(environment(t, map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}), "acme", signedAt)
	if _, err := without.Publish(t.Context(), events(`{}`)); fault.Of(err) != fault.Retryable || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("no credentials: %v", err)
	}
}
