package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// HTTPSubscription is an endpoint that gets a topic by HTTP(S), as SNS brings it.
type HTTPSubscription struct {
	// TopicARN is the topic, Endpoint the URL that is posted to.
	TopicARN, Endpoint string
	// Raw posts the bare message (raw delivery). Nothing is signed then.
	Raw bool
	// Retries is how often a delivery is tried again that met 5xx, 429 or no answer; any other status is the endpoint's
	// last word. 0 means three, as SNS does; a negative number none.
	Retries int
	// RetryAfter is the real time between two tries. 0 means none; SNS waits 20 seconds.
	RetryAfter time.Duration
	// DeadLetters gets what could not be delivered, as the queue of the subscription's RedrivePolicy does. Nil loses it.
	DeadLetters *Queue
	// Backlog lets a goroutine of the endpoint's own bring it its notifications, one after the other in their order, so
	// that an endpoint that is slow keeps nobody else waiting. As many may wait for it; what comes beyond is not
	// delivered. 0 means that the goroutine that causes a notification brings it. [Simulator.Close] ends the goroutine.
	Backlog int
	// Undelivered is told of each notification that could not be delivered, and why. Nil means that nobody is.
	Undelivered func(n Notification, why error)
	// Client posts. Nil means one that waits 15 seconds for an answer, as SNS does.
	Client *http.Client
}

// snsRetries is how often SNS tries an HTTP delivery again (page sns-message-delivery-retries).
const snsRetries = 3

// endpoint is a subscription of an HTTP endpoint.
type endpoint struct {
	HTTPSubscription
	simulator *Simulator
	token     string

	// Guarded by the lock of simulator.
	arn  string // of the subscription; empty until it is confirmed
	line []inLine
	busy bool               // a goroutine brings what is in line
	stop context.CancelFunc // ends it
}

// inLine is a notification that waits for its endpoint, and the handover that it is of, or nil.
type inLine struct {
	n Notification
	h *handover
}

// SubscribeHTTP asks an endpoint whether it wants a topic: it gets a SubscriptionConfirmation, signed, and nothing else
// until somebody gets its SubscribeURL from [Simulator.Handler] or passes its Token to [Simulator.ConfirmSubscription].
// Then it gets each notification, in the goroutine that causes it unless there is a Backlog. [Simulator.ServeAt] must have
// said where the handler is. An error means that the endpoint did not take the question.
func (s *Simulator) SubscribeHTTP(ctx context.Context, subscription HTTPSubscription) error {
	if subscription.Client == nil {
		subscription.Client = &http.Client{Timeout: 15 * time.Second}
	}
	if subscription.Retries == 0 {
		subscription.Retries = snsRetries
	}
	e := &endpoint{HTTPSubscription: subscription, simulator: s, stop: func() {}}
	s.mu.Lock()
	e.token = "token-" + s.passingUUID()
	s.endpoints[e.token] = e
	s.mu.Unlock()
	return e.ask(ctx, typeSubscribe, "You have chosen to subscribe to the topic "+e.TopicARN+
		".\nTo confirm the subscription, visit the SubscribeURL included in this message.")
}

// ConfirmSubscription begins the deliveries to an endpoint, by the Token of its SubscriptionConfirmation, and returns the
// ARN of the subscription. Confirming again changes nothing.
func (s *Simulator) ConfirmSubscription(token string) (subscriptionARN string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.endpoints[token]
	if !known {
		return "", errors.New("confirming a subscription: the token is not known")
	}
	if e.arn == "" {
		e.arn = s.subscribe(e.TopicARN, func(ctx context.Context, n Notification) { e.notify(ctx, n) })
	}
	return e.arn, nil
}

// Unsubscribe ends the deliveries of a confirmed subscription of [Simulator.SubscribeHTTP]. The endpoint gets an
// UnsubscribeConfirmation, whose SubscribeURL begins them again.
func (s *Simulator) Unsubscribe(ctx context.Context, subscriptionARN string) error {
	s.mu.Lock()
	var ended *endpoint
	for _, e := range s.endpoints {
		if e.arn == subscriptionARN && subscriptionARN != "" {
			ended = e
			s.unsubscribe(e.TopicARN, e.arn)
			e.arn = ""
		}
	}
	s.mu.Unlock()
	if ended == nil {
		return fmt.Errorf("unsubscribing %s: there is no such subscription", subscriptionARN)
	}
	return ended.ask(ctx, typeUnsubscribe, "You have chosen to deactivate subscription "+subscriptionARN+
		".\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.")
}

// ask posts a confirmation.
func (e *endpoint) ask(ctx context.Context, kind, message string) error {
	s := e.simulator
	s.mu.Lock()
	n := Notification{
		MessageID: s.passingUUID(), TopicARN: e.TopicARN, Timestamp: s.now(), origin: s, version: s.signatureVersion(e.TopicARN),
	}
	s.mu.Unlock()
	return e.post(ctx, n, kind, "", string(mustJSON(n.confirmation(kind, e.token, message))))
}

// notify brings a notification, or puts it in line for the endpoint's own goroutine, which lives while there is a line.
func (e *endpoint) notify(ctx context.Context, n Notification) {
	bring := e.bring
	if e.Backlog > 0 {
		bring = e.queue
	}
	if err := bring(ctx, n); err != nil {
		e.lose(n, err)
	}
}

// queue puts a notification in line. An error says why there is no place for it.
func (e *endpoint) queue(ctx context.Context, n Notification) error {
	s := e.simulator
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return e.ended()
	}
	if len(e.line) >= e.Backlog {
		return fmt.Errorf("%d notifications wait for %s already", e.Backlog, e.Endpoint)
	}
	h, _ := ctx.Value(handoverKey{}).(*handover)
	if h != nil {
		h.left++
	}
	e.line = append(e.line, inLine{n, h})
	if !e.busy {
		e.busy = true
		s.behind.Add(1)
		ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx)) // of nobody who causes a notification
		go e.bringLine(ctx)
	}
	return nil
}

// bringLine brings what is in line until nothing is, or the double is closed.
func (e *endpoint) bringLine(ctx context.Context) {
	s := e.simulator
	defer s.behind.Done()
	for {
		s.mu.Lock()
		if len(e.line) == 0 {
			e.busy, e.line = false, nil
			e.stop()
			s.mu.Unlock()
			return
		}
		next := e.line[0]
		e.line[0], e.line = inLine{}, e.line[1:]
		s.mu.Unlock()
		var err error
		if ctx.Err() == nil {
			err = e.bring(ctx, next.n)
		}
		if ctx.Err() != nil { // it was cut short, if it was tried at all: its events stay recorded as waiting
			e.lose(next.n, e.ended())
			continue
		}
		if err != nil {
			e.lose(next.n, err)
		}
		s.mu.Lock()
		s.handedOver(next.h)
		s.mu.Unlock()
	}
}

// ended is why nothing is brought after [Simulator.Close].
func (e *endpoint) ended() error { return fmt.Errorf("%s: %w", e.Endpoint, errClosed) }

// bring posts a notification. Who wants no more since it was published gets none.
func (e *endpoint) bring(ctx context.Context, n Notification) error {
	arn := e.subscribed()
	if arn == "" {
		return nil
	}
	return e.post(ctx, n, typeNotification, arn, e.body(n, arn))
}

// lose gives up a notification: it goes to the dead letters.
func (e *endpoint) lose(n Notification, why error) {
	if e.DeadLetters != nil {
		e.DeadLetters.Send(e.body(n, e.subscribed()))
	}
	if e.Undelivered != nil {
		e.Undelivered(n, why)
	}
}

// subscribed is the ARN of the subscription, or empty.
func (e *endpoint) subscribed() string {
	e.simulator.mu.Lock()
	defer e.simulator.mu.Unlock()
	return e.arn
}

// body is what is posted of a notification.
func (e *endpoint) body(n Notification, arn string) string {
	if e.Raw {
		return n.Message
	}
	return string(mustJSON(n.envelope(arn)))
}

// post tries until the endpoint takes it, refuses it for good, or was tried often enough.
func (e *endpoint) post(ctx context.Context, n Notification, kind, arn, body string) error {
	for tried := 0; ; tried++ {
		again, err := e.try(ctx, n, kind, arn, body)
		if err == nil {
			return nil
		}
		if !again || tried >= e.Retries {
			return fmt.Errorf("posting a %s to %s: %w", kind, e.Endpoint, err)
		}
		if err := (Fault{}).wait(ctx, e.RetryAfter); err != nil {
			return err
		}
	}
}

// try posts once. again says that another try may help.
func (e *endpoint) try(ctx context.Context, n Notification, kind, arn, body string) (again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Endpoint, strings.NewReader(body))
	if err != nil {
		return false, err
	}
	h := r.Header
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("User-Agent", "Amazon Simple Notification Service Agent")
	h.Set("X-Amz-Sns-Message-Type", kind)
	h.Set("X-Amz-Sns-Message-Id", n.MessageID)
	h.Set("X-Amz-Sns-Topic-Arn", e.TopicARN)
	if arn != "" {
		h.Set("X-Amz-Sns-Subscription-Arn", arn)
		if e.Raw {
			h.Set("X-Amz-Sns-Rawdelivery", "true")
		}
	}
	answer, err := e.Client.Do(r)
	if err != nil {
		return true, err
	}
	_ = answer.Body.Close() // nothing in it is read
	if answer.StatusCode/100 == 2 {
		return false, nil
	}
	again = answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests
	return again, errors.New(answer.Status)
}

// serveSNS serves what SNS serves to GET.
func (s *Simulator) serveSNS(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch {
	case !s.options.Unsigned && r.URL.Path == "/"+s.signer().path:
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(s.signer().certificate) // a client that went away has no use for it
	case r.URL.Path == "/" && query.Get("Action") == "ConfirmSubscription":
		arn, err := s.ConfirmSubscription(query.Get("Token"))
		answerSNS(w, err, "<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"+
			"<ConfirmSubscriptionResult><SubscriptionArn>"+arn+"</SubscriptionArn></ConfirmSubscriptionResult>"+
			"</ConfirmSubscriptionResponse>")
	case r.URL.Path == "/" && query.Get("Action") == "Unsubscribe":
		// The subscription is ended although the caller may not wait for the endpoint's answer.
		err := s.Unsubscribe(context.WithoutCancel(r.Context()), query.Get("SubscriptionArn"))
		answerSNS(w, err, "<UnsubscribeResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"/>")
	default:
		http.NotFound(w, r)
	}
}

func answerSNS(w http.ResponseWriter, err error, document string) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintln(w, document) // as above
}
