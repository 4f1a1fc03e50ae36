package endtoend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/sms"
)

const forwarding = rules + `      - {name: order, words: [ORDER], match: first_word, action: forward, reply: "We look."}
    feedback: true
`

// eventBus is EventBridge: it keeps the ids of the details that it took, and tells when it has.
type eventBus struct {
	*httptest.Server
	mu    sync.Mutex
	taken []string
	after func()
}

func newEventBus(t *testing.T) *eventBus {
	t.Helper()
	b := &eventBus{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Entries []struct{ Source, DetailType, Detail, EventBusName string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/events/aws4_request") {
			t.Errorf("no PutEvents: %v %v", err, r.Header)
		}
		var out struct{ Entries []map[string]string }
		b.mu.Lock()
		for _, e := range in.Entries {
			var detail struct{ ID, Text string }
			_ = json.Unmarshal([]byte(e.Detail), &detail)
			if e.Source != "heed" || e.EventBusName != "acme" {
				t.Errorf("%+v", e)
			}
			b.taken = append(b.taken, e.DetailType+" "+detail.ID+" "+detail.Text)
			out.Entries = append(out.Entries, map[string]string{"EventId": fmt.Sprint("e-", len(b.taken))})
		}
		b.mu.Unlock()
		if b.after != nil {
			b.after()
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *eventBus) wants(t *testing.T, want ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	got := slices.Sorted(slices.Values(b.taken))
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("on the bus:\n%q, want\n%q", got, want)
	}
}

// The deployed binaries tell the application of a STOP and of a forwarded text within the invocation, say that the
// message which it answers was received, and tell again what a worker took to the bus as it died.
func TestWordsToTheApplication(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(forwarding)
	bus := newEventBus(t)
	env := []string{"EVENT_BUS_NAME=acme", "AWS_ENDPOINT_URL_EVENTBRIDGE=" + bus.URL}
	const timeout = 4 * time.Second
	f := s.start("inbound", s.dbURL, timeout, env...)
	const contact = "+14255550101"
	text := func(body, id, previous string) []byte {
		payload := strings.Replace(stop(contact, id), "Stop ", body, 1)
		if previous != "" {
			payload = strings.Replace(payload, "{", fmt.Sprintf(`{"previousPublishedMessageId":%q,`, previous), 1)
		}
		return s.double.SQSEvent(queue, s.double.Publish(context.Background(), twoWay, payload).SQSRecord(false))
	}
	invoke := func(event []byte) {
		t.Helper()
		_, err := f.Invoke(context.Background(), event)
		must(t, err)
	}
	invoke(text("order 4711", "w-1", ""))
	sent := s.double.Inbox(sms.Phone(contact))[0].ID
	invoke(text("Stop ", "w-2", sent))
	want := []string{"Text Forwarded text/" + string(ours) + "/w-1/sms order 4711", "Consent Changed consent/alerts/1 Stop "}
	bus.wants(t, want...)
	if got := s.double.Sent()[0].Feedback; got != "RECEIVED" {
		t.Errorf("feedback on the answered message is %q", got)
	}

	var armed atomic.Bool
	armed.Store(true)
	bus.after = func() {
		if armed.CompareAndSwap(true, false) {
			f.Kill()
		}
	}
	if _, err := f.Invoke(context.Background(), text("START", "w-3", "")); !errors.Is(err, lambdatest.ErrCrashed) {
		t.Fatalf("the worker was not killed: %v\n%s", err, s.logs.String())
	}
	crashed := time.Now()
	want = append(want, "Consent Changed consent/alerts/2 START")
	bus.wants(t, want...)
	time.Sleep(time.Until(crashed.Add(timeout + 1500*time.Millisecond)))
	relay := s.start("relay", s.dbURL, 10*time.Second, env...)
	answer, err := relay.Invoke(context.Background(), []byte(`{"source":"aws.events"}`))
	must(t, err)
	bus.wants(t, append(want, "Consent Changed consent/alerts/2 START")...)
	if !strings.Contains(string(answer), `"Published":{"Claimed":1,"Done":1`) {
		t.Errorf("the relay answers %s", answer)
	}
	s.want(`SELECT count(*) FROM heed.outbox WHERE state <> 'done'`, "0")
	s.wantNobodyInTheLogs()
}
