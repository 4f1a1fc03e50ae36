package simulator

import (
	"context"
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
}

// Subscribe calls fn for each notification of a topic, in the goroutine that causes it. fn may call the double. A
// topic exists from its first subscriber on; what is published to a topic without one is lost, as with SNS.
func (s *Simulator) Subscribe(topicARN string, fn func(ctx context.Context, n Notification)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.topics[topicARN] = append(s.topics[topicARN], fn)
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
	return slices.Clone(s.published)
}

// newNotification takes a message for a topic. The caller holds the lock.
func (s *Simulator) newNotification(topicARN, message string) Notification {
	n := Notification{MessageID: s.newUUID(), TopicARN: topicARN, Message: message, Timestamp: s.now()}
	s.published = append(s.published, n)
	return n
}

func (s *Simulator) notify(ctx context.Context, n Notification) {
	s.mu.Lock()
	subscribers := slices.Clone(s.topics[n.TopicARN])
	s.mu.Unlock()
	for _, fn := range subscribers {
		fn(ctx, n)
	}
}

func (s *Simulator) putRecord(ctx context.Context, stream string, record []byte) {
	s.mu.Lock()
	subscribers := slices.Clone(s.firehoses[stream])
	s.mu.Unlock()
	for _, fn := range subscribers {
		fn(ctx, slices.Clone(record))
	}
}

func (s *Simulator) putLog(ctx context.Context, group, message string) {
	s.mu.Lock()
	subscribers := slices.Clone(s.logs[strings.TrimSuffix(group, ":*")])
	s.mu.Unlock()
	for _, fn := range subscribers {
		fn(ctx, message)
	}
}
