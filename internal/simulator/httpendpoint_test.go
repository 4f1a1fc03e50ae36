package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

// webhook is an HTTP endpoint that keeps what it gets and answers as told, 200 at last.
type webhook struct {
	*httptest.Server

	mu      sync.Mutex
	got     []http.Header
	bodies  []string
	answers []int
}

func newWebhook(t *testing.T, answers ...int) *webhook {
	t.Helper()
	w := &webhook{answers: answers}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.got, w.bodies = append(w.got, r.Header), append(w.bodies, string(body))
		if len(w.answers) > 0 {
			rw.WriteHeader(w.answers[0])
			w.answers = w.answers[1:]
		}
	}))
	t.Cleanup(w.Close)
	return w
}

// kinds are the types of the messages that came.
func (w *webhook) kinds() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kinds []string
	for _, h := range w.got {
		kinds = append(kinds, h.Get("x-amz-sns-message-type"))
	}
	return strings.Join(kinds, " ")
}

// follow visits a link, as a subscriber does with its SubscribeURL.
func follow(t *testing.T, url string) (body string, status int) {
	t.Helper()
	answer, err := http.Get(url)
	must(t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	must(t, err)
	return string(raw), answer.StatusCode
}

// An endpoint is asked first; it gets notifications once it said yes, and none after it said no. All that it gets is
// signed, in both versions.
func TestHTTPHandshake(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		d := start(t, simulator.Options{SignatureVersion: version})
		d.ServeAt(d.url)
		w := newWebhook(t)
		must(t, d.SubscribeHTTP(t.Context(), simulator.HTTPSubscription{TopicARN: inbox, Endpoint: w.URL}))
		d.Publish(t.Context(), inbox, "too early")
		question := decode[map[string]string](t, []byte(w.bodies[0]))
		if w.kinds() != "SubscriptionConfirmation" || question["Token"] == "" || question["TopicArn"] != inbox {
			t.Fatalf("%s: %v", w.kinds(), question)
		}
		answer, status := follow(t, question["SubscribeURL"])
		if again, _ := follow(t, question["SubscribeURL"]); status != http.StatusOK || again != answer {
			t.Errorf("%d %s, then %s", status, answer, again)
		}
		n := d.Publish(t.Context(), inbox, "in time")
		notice := decode[map[string]string](t, []byte(w.bodies[1]))
		if notice["Message"] != "in time" || !strings.Contains(answer, "<SubscriptionArn>"+w.got[1].Get("x-amz-sns-subscription-arn")+"<") {
			t.Errorf("%v after %s", notice, answer)
		}
		for name, want := range map[string]string{
			"x-amz-sns-message-id": n.MessageID, "x-amz-sns-topic-arn": inbox, "Content-Type": "text/plain; charset=UTF-8",
			"x-amz-sns-rawdelivery": "", "User-Agent": "Amazon Simple Notification Service Agent",
		} {
			if got := w.got[1].Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if _, status := follow(t, notice["UnsubscribeURL"]); status != http.StatusOK {
			t.Errorf("unsubscribing: %d", status)
		}
		d.Publish(t.Context(), inbox, "too late")
		goodbye := decode[map[string]string](t, []byte(w.bodies[2]))
		follow(t, goodbye["SubscribeURL"])
		d.Publish(t.Context(), inbox, "once more")
		if got := w.kinds(); got != "SubscriptionConfirmation Notification UnsubscribeConfirmation Notification" {
			t.Error(got)
		}
		for _, body := range w.bodies {
			if err := verifySNS([]byte(body)); err != nil {
				t.Errorf("%v: %s", err, body)
			}
		}
	}
}

// 5xx and 429 are tried again, three times; any other refusal is final; what is not taken goes to the dead letters.
func TestHTTPRetries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		answers []int
		retries int
		tries   int
		dead    int
	}{
		{"taken at once", []int{204}, 0, 1, 0},
		{"taken at the last try", []int{500, 429, 503}, 0, 4, 0},
		{"never taken", []int{500, 500, 500, 500, 500}, 0, 4, 1},
		{"refused", []int{403}, 0, 1, 1},
		{"redirected", []int{304}, 0, 1, 1},
		{"no retries", []int{500}, -1, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			d.ServeAt(d.url)
			w := newWebhook(t, append([]int{200}, test.answers...)...)
			dead := d.NewQueue(simulator.QueueOptions{})
			must(t, d.SubscribeHTTP(t.Context(), simulator.HTTPSubscription{
				TopicARN: inbox, Endpoint: w.URL, Raw: true, Retries: test.retries, RetryAfter: time.Millisecond, DeadLetters: dead,
			}))
			_, err := d.ConfirmSubscription(decode[map[string]string](t, []byte(w.bodies[0]))["Token"])
			must(t, err)
			d.Publish(t.Context(), inbox, `{"messageBody":"hello"}`)
			if len(w.got)-1 != test.tries || w.bodies[1] != `{"messageBody":"hello"}` || w.got[1].Get("x-amz-sns-rawdelivery") != "true" {
				t.Errorf("%d tries, %s, %v", len(w.got)-1, w.bodies[1], w.got[1])
			}
			if visible, _ := dead.Length(); visible != test.dead {
				t.Errorf("%d dead letters", visible)
			}
		})
	}
}

// What is wrong with a subscription is said.
func TestHTTPSubscriptionFaults(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.ServeAt(d.url)
	got := map[string]bool{}
	got["nobody there"] = d.SubscribeHTTP(t.Context(), simulator.HTTPSubscription{TopicARN: inbox, Endpoint: "http://127.0.0.1:1", Retries: -1}) != nil
	got["no URL"] = d.SubscribeHTTP(t.Context(), simulator.HTTPSubscription{TopicARN: inbox, Endpoint: ":"}) != nil
	_, err := d.ConfirmSubscription("token-1")
	got["no such token"] = err != nil
	got["no such subscription"] = d.Unsubscribe(t.Context(), "") != nil
	_, status := follow(t, d.url+"/?Action=ConfirmSubscription&Token=token-1")
	got["a wrong link"] = status == http.StatusBadRequest
	_, status = follow(t, d.url+"/elsewhere")
	got["another page"] = status == http.StatusNotFound
	want := map[string]bool{
		"nobody there": true, "no URL": true, "no such token": true, "no such subscription": true, "a wrong link": true,
		"another page": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
