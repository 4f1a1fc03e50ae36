package simulator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Notification is one message of an SNS topic. Its methods put it into the envelopes in which consumers get it.
type Notification struct {
	// MessageID is SNS's id. A redelivery has the same.
	MessageID string
	// TopicARN is where it was published.
	TopicARN string
	// Message is the payload: the JSON of an inbound text or of a delivery event.
	Message string
	// Timestamp is when SNS took it.
	Timestamp time.Time

	origin  *Simulator // signs its envelopes
	version int        // of the signature
}

// subscription is one receiver of a topic.
type subscription struct {
	arn     string
	deliver func(context.Context, Notification)
}

// Subscribe calls fn for each notification of a topic, in the goroutine that causes it. fn may call the double. A
// topic exists from its first subscriber on; what is published to a topic without one is lost, as with SNS.
func (s *Simulator) Subscribe(topicARN string, fn func(ctx context.Context, n Notification)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribe(topicARN, fn)
}

// subscribe is Subscribe for who holds the lock. It returns the ARN of the subscription.
func (s *Simulator) subscribe(topicARN string, fn func(context.Context, Notification)) string {
	s.subscriptions++
	arn := fmt.Sprintf("%s:00000000-0000-4000-8000-%012d", topicARN, s.subscriptions)
	s.topics[topicARN] = append(s.topics[topicARN], &subscription{arn: arn, deliver: fn})
	return arn
}

// unsubscribe ends a subscription. The caller holds the lock.
func (s *Simulator) unsubscribe(topicARN, subscriptionARN string) {
	s.topics[topicARN] = slices.DeleteFunc(slices.Clone(s.topics[topicARN]), func(sub *subscription) bool {
		return sub.arn == subscriptionARN
	})
}

// SubscribeFirehose calls fn for each record that is put into a delivery stream: one event a record, without a newline
// at its end. AWS does not say whether there is one.
func (s *Simulator) SubscribeFirehose(deliveryStreamARN string, fn func(ctx context.Context, record []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.firehoses[deliveryStreamARN] = append(s.firehoses[deliveryStreamARN], fn)
}

// SubscribeLogs calls fn for each message that is put into a log group: one event a message. The ARN may end with the
// :* that CloudWatch writes.
func (s *Simulator) SubscribeLogs(logGroupARN string, fn func(ctx context.Context, message string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := strings.TrimSuffix(logGroupARN, ":*")
	s.logs[group] = append(s.logs[group], fn)
}

// Publish puts any message on a topic, a malformed one for example, and returns the notification that it became.
func (s *Simulator) Publish(ctx context.Context, topicARN, message string) Notification {
	s.mu.Lock()
	n := s.newNotification(topicARN, message)
	s.mu.Unlock()
	s.notify(ctx, n)
	return n
}

// Redeliver hands a notification to the subscribers of its topic once more, as SNS may do.
func (s *Simulator) Redeliver(ctx context.Context, n Notification) { s.notify(ctx, n) }

// Published is every notification so far, in the order in which SNS took them, redeliveries not counted.
func (s *Simulator) Published() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.published.copied()
}

// newNotification takes a message for a topic. The caller holds the lock.
func (s *Simulator) newNotification(topicARN, message string) Notification {
	n := Notification{
		MessageID: s.passingUUID(), TopicARN: topicARN, Message: message, Timestamp: s.now(),
		origin: s, version: s.signatureVersion(topicARN),
	}
	s.published.add(n)
	return n
}

func (s *Simulator) notify(ctx context.Context, n Notification) {
	s.mu.Lock()
	subscriptions := slices.Clone(s.topics[n.TopicARN])
	s.mu.Unlock()
	for _, sub := range subscriptions {
		s.pass(ctx, func(ctx context.Context) { sub.deliver(ctx, n) })
	}
}

func (s *Simulator) putRecord(ctx context.Context, stream string, record []byte) {
	s.mu.Lock()
	subscribers := slices.Clone(s.firehoses[stream])
	s.mu.Unlock()
	for _, fn := range subscribers {
		s.pass(ctx, func(ctx context.Context) { fn(ctx, slices.Clone(record)) })
	}
}

func (s *Simulator) putLog(ctx context.Context, group, message string) {
	s.mu.Lock()
	subscribers := slices.Clone(s.logs[strings.TrimSuffix(group, ":*")])
	s.mu.Unlock()
	for _, fn := range subscribers {
		s.pass(ctx, func(ctx context.Context) { fn(ctx, message) })
	}
}
