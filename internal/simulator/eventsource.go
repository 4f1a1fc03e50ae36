package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Function is what an event is given to: a handler in this process, or a deployed binary behind a Runtime API. It returns
// its answer, or an error where Lambda would report one (a panic, a time-out, an error of the handler).
type Function func(ctx context.Context, payload []byte) (answer []byte, err error)

// EventSource feeds a function from a queue, as Lambda's event source mapping does (pages services-sqs-configure and
// services-sqs-errorhandling). It may be copied before its first use, and used from several goroutines.
type EventSource struct {
	// Queue is where the messages are, Function who gets them.
	Queue    *Queue
	Function Function
	// BatchSize is how many messages a call brings at most. 0 means 10.
	BatchSize int
	// Window is how long the double waits for a batch to fill, on its clock. 0 means not at all.
	Window time.Duration
	// ReportFailures is the response type ReportBatchItemFailures: what the answer names stays in the queue, the rest
	// is deleted. Without it an answer deletes the whole batch. An error deletes nothing either way.
	ReportFailures bool
}

// defaultBatch is Lambda's own batch size for a standard queue.
const defaultBatch = 10

// Poll brings one batch to the function and returns how many messages it had: none when nothing can be received yet. What
// failed stays hidden for the rest of its visibility timeout. The error is what the function said, or what is wrong with
// its answer; the messages are safe in the queue then.
func (e *EventSource) Poll(ctx context.Context) (messages int, err error) {
	size := e.BatchSize
	if size == 0 {
		size = defaultBatch
	}
	s := e.Queue.simulator
	if visible, _ := e.Queue.Length(); e.Window > 0 && visible < size && s.Now().Sub(e.Queue.oldest()) < e.Window {
		return 0, nil
	}
	records, receipts := e.Queue.Receive(size)
	if len(records) == 0 {
		return 0, nil
	}
	answer, err := e.Function(ctx, s.SQSEvent(e.Queue.options.ARN, records...))
	if err != nil {
		return len(records), fmt.Errorf("a batch of %d: %w", len(records), err)
	}
	failed := map[string]bool{}
	if e.ReportFailures {
		if failed, err = failuresOf(answer, records); err != nil {
			return len(records), fmt.Errorf("a batch of %d: %w", len(records), err)
		}
	}
	for i, r := range records {
		if !failed[r.MessageID] {
			e.Queue.Delete(receipts[i])
		}
	}
	return len(records), nil
}

// Drain brings batches to the function until no message can be received, and returns how many it brought. Errors of the
// function do not end it: what they left comes again when the clock has moved by the visibility timeout.
func (e *EventSource) Drain(ctx context.Context) (messages int) {
	for ctx.Err() == nil {
		n, _ := e.Poll(ctx) // the queue keeps what failed
		if n == 0 {
			break
		}
		messages += n
	}
	return messages
}

// Run brings batches to the function, several at a time, until the context ends, and waits for those that are on their
// way.
func (e *EventSource) Run(ctx context.Context, concurrency int) {
	const idle = 10 * time.Millisecond // real time: the double's may stand still
	var workers sync.WaitGroup
	for range concurrency {
		workers.Go(func() {
			for ctx.Err() == nil {
				if n, _ := e.Poll(context.WithoutCancel(ctx)); n == 0 { // as in Drain
					_ = (Fault{}).wait(ctx, idle) // its end is seen above
				}
			}
		})
	}
	workers.Wait()
}

// failuresOf reads the answer of a function that reports failures: the ids of the messages that failed. Nothing, null
// and an empty list mean that all went well; an answer that is no JSON, or an item without an id that is in the batch,
// that nothing did.
func failuresOf(answer []byte, records []SQSRecord) (map[string]bool, error) {
	failed := map[string]bool{}
	if len(bytes.TrimSpace(answer)) == 0 {
		return failed, nil
	}
	var members map[string]json.RawMessage // as maps: encoding/json takes names of any case for a struct's
	if err := json.Unmarshal(answer, &members); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	var items []map[string]any
	if list := members["batchItemFailures"]; list != nil {
		if err := json.Unmarshal(list, &items); err != nil {
			return nil, fmt.Errorf("reading batchItemFailures: %w", err)
		}
	}
	known := map[any]bool{}
	for _, r := range records {
		known[r.MessageID] = true
	}
	for _, item := range items {
		id, _ := item["itemIdentifier"].(string)
		if !known[id] {
			return nil, fmt.Errorf("the answer names %q, which is not in the batch", id)
		}
		failed[id] = true
	}
	return failed, nil
}
