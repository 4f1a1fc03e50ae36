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
	arn       string // of the subscription; empty until it is confirmed
}

// SubscribeHTTP asks an endpoint whether it wants a topic: it gets a SubscriptionConfirmation, signed, and nothing else
// until somebody gets its SubscribeURL from [Simulator.Handler] or passes its Token to [Simulator.ConfirmSubscription].
// Then it gets each notification, in the goroutine that causes it. [Simulator.ServeAt] must have said where the handler
// is. An error means that the endpoint did not take the question.
func (s *Simulator) SubscribeHTTP(ctx context.Context, subscription HTTPSubscription) error {
	if subscription.Client == nil {
		subscription.Client = &http.Client{Timeout: 15 * time.Second}
	}
	if subscription.Retries == 0 {
		subscription.Retries = snsRetries
	}
	e := &endpoint{HTTPSubscription: subscription, simulator: s}
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

// notify posts a notification. What cannot be delivered goes to the dead letters.
func (e *endpoint) notify(ctx context.Context, n Notification) {
	e.simulator.mu.Lock()
	arn := e.arn
	e.simulator.mu.Unlock()
	body := n.Message
	if !e.Raw {
		body = string(mustJSON(n.envelope(arn)))
	}
	if err := e.post(ctx, n, typeNotification, arn, body); err != nil && e.DeadLetters != nil {
		e.DeadLetters.Send(body)
	}
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
