package simulator

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// QueueOptions are the settings of a [Queue]. The zero value of a member means SQS's default.
type QueueOptions struct {
	// ARN is the queue's, as events tell it.
	ARN string
	// VisibilityTimeout is how long a message that was received is hidden. 0 means 30 seconds.
	VisibilityTimeout time.Duration
	// MaxReceives is how often a message is handed out before it goes to DeadLetters (maxReceiveCount). 0 means ever
	// again.
	MaxReceives int
	// DeadLetters is the queue of the redrive policy, or nil.
	DeadLetters *Queue
}

// Queue is a standard queue of SQS in this process, on the double's clock: a message that was received is hidden until
// it is deleted or its visibility timeout is over, and comes again with a higher receive count. Order and single
// delivery are promised no more than by SQS; [Chaos] on its way into the queue shows that. What nobody takes out stays:
// [Options.MaxMessages] does not bound it.
type Queue struct {
	options   QueueOptions
	simulator *Simulator

	mu       sync.Mutex // guards everything below
	visible  []*queued
	hidden   []*queued          // deleted ones among them
	received map[string]*queued // what is hidden and not deleted, by receipt
}

// queued is one message of a queue.
type queued struct {
	record    SQSRecord
	receipt   string    // of its last reception
	seenAgain time.Time // when it is no longer hidden
}

// NewQueue makes a queue that holds nothing.
func (s *Simulator) NewQueue(options QueueOptions) *Queue {
	if options.VisibilityTimeout == 0 {
		options.VisibilityTimeout = 30 * time.Second
	}
	return &Queue{options: options, simulator: s, received: map[string]*queued{}}
}

// SubscribeQueue puts each notification of a topic into a queue, in the SNS envelope or raw.
func (s *Simulator) SubscribeQueue(topicARN string, q *Queue, raw bool) {
	s.Subscribe(topicARN, func(_ context.Context, n Notification) {
		r := n.SQSRecord(raw)
		r.SentAt = s.Now()
		q.put(r)
	})
}

// Send puts any text into the queue, a malformed one for example, and returns SQS's message id.
func (q *Queue) Send(body string) (messageID string) {
	return q.put(SQSRecord{Body: body, SentAt: q.simulator.Now()})
}

func (q *Queue) put(r SQSRecord) string {
	if r.MessageID == "" {
		r.MessageID = q.simulator.uuid()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.visible = append(q.visible, &queued{record: r})
	return r.MessageID
}

// Receive hands out up to most messages and hides them. A message that was handed out often enough goes to the dead
// letters instead, with its id and the time at which it was sent. The receipts are for [Queue.Delete].
func (q *Queue) Receive(most int) (records []SQSRecord, receipts []string) {
	return q.ReceiveFor(most, q.options.VisibilityTimeout)
}

// ReceiveFor is [Queue.Receive] with a visibility timeout of its own.
func (q *Queue) ReceiveFor(most int, hide time.Duration) (records []SQSRecord, receipts []string) {
	now := q.simulator.Now()
	var dead []SQSRecord
	q.mu.Lock()
	q.show(now)
	taken := 0
	for ; taken < len(q.visible) && len(records) < most; taken++ {
		m := q.visible[taken]
		if q.options.DeadLetters != nil && q.options.MaxReceives > 0 && m.record.ReceiveCount >= q.options.MaxReceives {
			dead = append(dead, m.record)
			continue
		}
		m.record.ReceiveCount++
		if m.record.ReceiveCount == 1 {
			m.record.FirstReceivedAt = now
		}
		m.receipt, m.seenAgain = fmt.Sprintf("%s-%d", m.record.MessageID, m.record.ReceiveCount), now.Add(hide)
		q.received[m.receipt] = m
		q.hidden = append(q.hidden, m)
		records, receipts = append(records, m.record), append(receipts, m.receipt)
	}
	clear(q.visible[:taken])
	q.visible = q.visible[taken:]
	q.mu.Unlock()
	for _, r := range dead {
		r.ReceiveCount, r.FirstReceivedAt = 0, time.Time{}
		q.options.DeadLetters.put(r)
	}
	return records, receipts
}

// Delete takes a message out of the queue for good, by the receipt of its last reception. An older receipt, or one that
// is not known, does nothing, as with SQS.
func (q *Queue) Delete(receipt string) {
	if q.simulator.redelivers() {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.received, receipt)
}

// Hide keeps a message that was received from being received again for so long from now on; 0 shows it at once.
func (q *Queue) Hide(receipt string, d time.Duration) {
	now := q.simulator.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	if m, ok := q.received[receipt]; ok {
		m.seenAgain = now.Add(d)
	}
}

// show makes visible what was hidden long enough. The caller holds the lock.
func (q *Queue) show(now time.Time) {
	q.hidden = slices.DeleteFunc(q.hidden, func(m *queued) bool {
		_, kept := q.received[m.receipt]
		if kept && m.seenAgain.After(now) {
			return false
		}
		if kept {
			delete(q.received, m.receipt)
			q.visible = append(q.visible, m)
		}
		return true
	})
}

// Length is how many messages can be received now, and how many are hidden.
func (q *Queue) Length() (visible, hidden int) {
	now := q.simulator.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.show(now)
	return len(q.visible), len(q.received)
}

// Bodies are those of all messages, hidden ones too.
func (q *Queue) Bodies() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	var bodies []string
	for _, m := range q.visible {
		bodies = append(bodies, m.record.Body)
	}
	for _, m := range q.hidden {
		if _, kept := q.received[m.receipt]; kept {
			bodies = append(bodies, m.record.Body)
		}
	}
	return bodies
}

// Records are the messages that can be received now, oldest first. They stay.
func (q *Queue) Records() []SQSRecord {
	now := q.simulator.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.show(now)
	var records []SQSRecord
	for _, m := range q.visible {
		records = append(records, m.record)
	}
	return records
}

// oldest is when the message was sent that has waited longest; zero if none can be received.
func (q *Queue) oldest() time.Time {
	records := q.Records()
	if len(records) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(records, func(a, b SQSRecord) int { return a.SentAt.Compare(b.SentAt) }).SentAt
}
