package simulator_test

import (
	"context"
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

// slow is an endpoint that confirms at once and then takes a notification each time that it is let, or never.
type slow struct {
	*httptest.Server
	let  chan struct{}
	came chan string // the messages, as they arrive
}

func newSlow(t *testing.T, d *simulator.Simulator, url string, s simulator.HTTPSubscription) *slow {
	t.Helper()
	d.ServeAt(url)
	w := &slow{let: make(chan struct{}, 100), came: make(chan string, 100)}
	token := ""
	w.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		notice := decode[map[string]string](t, body)
		if notice["Token"] != "" {
			token = notice["Token"]
			return
		}
		w.came <- notice["Message"]
		select {
		case <-w.let:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(w.CloseClientConnections)
	s.Endpoint = w.URL
	must(t, d.SubscribeHTTP(t.Context(), s))
	_, err := d.ConfirmSubscription(token)
	must(t, err)
	return w
}

// next is the message that comes next.
func (w *slow) next(t *testing.T) string {
	t.Helper()
	select {
	case message := <-w.came:
		return message
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

// An endpoint with a backlog keeps nobody waiting but itself: who publishes goes on, another endpoint gets everything, and
// itself it gets all in order. What its backlog has no place for goes to the dead letters.
func TestHTTPBacklog(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	dead := d.NewQueue(simulator.QueueOptions{})
	lost := make(chan string, 10)
	w := newSlow(t, d.Simulator, d.url, simulator.HTTPSubscription{
		TopicARN: inbox, Backlog: 2, DeadLetters: dead,
		Undelivered: func(n simulator.Notification, why error) { lost <- n.Message + ": " + why.Error() },
	})
	var others []string
	d.Subscribe(inbox, func(_ context.Context, n simulator.Notification) { others = append(others, n.Message) })
	d.Publish(t.Context(), inbox, "1")
	got := []string{w.next(t)} // it has the first, and does not answer
	for _, message := range []string{"2", "3", "4"} {
		d.Publish(t.Context(), inbox, message)
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4"}, others); diff != "" {
		t.Error(diff)
	}
	if bodies := dead.Bodies(); len(bodies) != 1 || !strings.Contains(bodies[0], `"Message":"4"`) {
		t.Errorf("dead letters: %v", bodies)
	}
	if why := <-lost; why != "4: 2 notifications wait for "+w.URL+" already" {
		t.Error(why)
	}
	for range 4 {
		w.let <- struct{}{}
	}
	got = append(got, w.next(t), w.next(t))
	d.Publish(t.Context(), inbox, "5") // the line had an end
	if diff := cmp.Diff([]string{"1", "2", "3", "5"}, append(got, w.next(t))); diff != "" {
		t.Error(diff)
	}
	must(t, d.Close())
}

// Who unsubscribes gets nothing more of what waited.
func TestHTTPBacklogUnsubscribed(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	w := newSlow(t, d.Simulator, d.url, simulator.HTTPSubscription{TopicARN: inbox, Backlog: 10})
	d.Publish(t.Context(), inbox, "1")
	d.Publish(t.Context(), inbox, "2")
	w.next(t)
	must(t, d.Unsubscribe(t.Context(), inbox+":00000000-0000-4000-8000-000000000001"))
	w.let <- struct{}{}
	must(t, d.Close()) // nothing is left to wait for
	if len(w.came) > 0 {
		t.Errorf("it got %s", <-w.came)
	}
}

// The end does not wait for an endpoint. Events of sends that it did not get come again from the directory; those that it
// got do not.
func TestHTTPBacklogEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	options := simulator.Options{AutoDeliver: true, Seed: 1}
	open := func(lost chan string) (*simulator.Simulator, *slow) {
		s, err := simulator.Open(dir, options)
		must(t, err)
		server := httptest.NewServer(s.Handler())
		t.Cleanup(server.Close)
		return s, newSlow(t, s, server.URL, simulator.HTTPSubscription{
			TopicARN: topic, Backlog: 10, Undelivered: func(_ simulator.Notification, why error) { lost <- why.Error() },
		})
	}
	lost := make(chan string, 10)
	s, w := open(lost)
	s.AddNumber(simulator.NumberSpec{Number: ourNumber})
	_, err := s.CreateConfigurationSet(t.Context(), &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("set")})
	must(t, err)
	_, err = s.CreateEventDestination(t.Context(), &api.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("set"), EventDestinationName: aws.String("sns"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(topic)},
	})
	must(t, err)
	send := func(body string) {
		_, err := s.SendTextMessage(t.Context(), &api.SendTextMessageInput{
			DestinationPhoneNumber: aws.String("+14255550101"), OriginationIdentity: aws.String(string(ourNumber)),
			MessageBody: aws.String(body), ConfigurationSetName: aws.String("set"),
		})
		must(t, err)
	}
	send("taken")
	for range 3 {
		w.next(t)
		w.let <- struct{}{}
	}
	send("left")
	second := w.next(t)
	must(t, s.Close())
	close(lost)
	var why []string
	for l := range lost {
		why = append(why, l)
	}
	closed := w.URL + ": the double is closed"
	if diff := cmp.Diff([]string{closed, closed, closed}, why); diff != "" {
		t.Error(diff)
	}
	s, w = open(make(chan string, 10))
	if left := len(s.PendingEvents()); left != 3 {
		t.Errorf("%d events wait", left)
	}
	s.Deliver(t.Context(), simulator.DeliverOptions{})
	if again := w.next(t); again != second {
		t.Errorf("%s comes after %s", again, second)
	}
	must(t, s.Close())
	must(t, s.Close())
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
