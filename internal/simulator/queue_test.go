package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

// A message that was received is hidden, comes again with a higher count, and after enough of that goes to the dead
// letters with its id.
func TestQueueVisibilityAndRedrive(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	dead := d.NewQueue(simulator.QueueOptions{})
	q := d.NewQueue(simulator.QueueOptions{ARN: queue, VisibilityTimeout: time.Minute, MaxReceives: 2, DeadLetters: dead})
	id := q.Send("poison")
	q.Send("fine")
	var counts []int
	for range 4 {
		records, receipts := q.Receive(10)
		for i, r := range records {
			if r.Body == "fine" {
				q.Delete(receipts[i])
				continue
			}
			counts = append(counts, r.ReceiveCount)
		}
		if records, _ := q.Receive(10); len(records) != 0 {
			t.Errorf("%d seen though hidden", len(records))
		}
		d.Advance(time.Minute)
	}
	if diff := cmp.Diff([]int{1, 2}, counts); diff != "" {
		t.Error(diff)
	}
	left := dead.Records()
	if len(left) != 1 || left[0].MessageID != id || left[0].Body != "poison" || left[0].ReceiveCount != 0 {
		t.Errorf("dead letters %+v", left)
	}
	if visible, hidden := q.Length(); visible+hidden != 0 {
		t.Errorf("%d visible, %d hidden", visible, hidden)
	}
}

// An old receipt deletes nothing, and most bounds a batch.
func TestQueueReceipts(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	q := d.NewQueue(simulator.QueueOptions{})
	q.Send("a")
	q.Send("b")
	first, old := q.Receive(1)
	if len(first) != 1 || first[0].Body != "a" {
		t.Errorf("%+v", first)
	}
	d.Advance(30 * time.Second)
	_, fresh := q.Receive(10)
	q.Delete(old[0])
	if _, hidden := q.Length(); hidden != 2 {
		t.Errorf("%d hidden", hidden)
	}
	for _, receipt := range fresh {
		q.Delete(receipt)
	}
	d.Advance(time.Hour)
	if visible, hidden := q.Length(); visible+hidden != 0 {
		t.Errorf("%d visible, %d hidden", visible, hidden)
	}
}

// A deleted message may come again: SQS promises at least once.
func TestQueueRedelivers(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.SetChaos(simulator.Chaos{Redeliver: 1})
	q := d.NewQueue(simulator.QueueOptions{})
	id := q.Send("a")
	_, receipts := q.Receive(1)
	q.Delete(receipts[0])
	d.SetChaos(simulator.Chaos{})
	d.Advance(30 * time.Second)
	if again, _ := q.Receive(1); len(again) != 1 || again[0].MessageID != id || again[0].ReceiveCount != 2 {
		t.Errorf("%+v", again)
	}
}

// What Lambda makes of a function's answer, by the pages on SQS errors: which messages of a batch are left.
func TestEventSourceAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		reports bool
		answer  func(ids []string) (string, error)
		left    string
	}{
		{"an answer deletes all", false, func([]string) (string, error) { return `"done"`, nil }, ""},
		{"an error deletes nothing", false, func([]string) (string, error) { return "", errors.New("boom") }, "a b c"},
		{"failures are not read unless asked for", false, failing(1), ""},
		{"what failed is left", true, failing(1), "b"},
		{"nothing failed", true, failing(), ""},
		{"everything failed", true, failing(0, 1, 2), "a b c"},
		{"nothing at all", true, func([]string) (string, error) { return "", nil }, ""},
		{"null", true, func([]string) (string, error) { return "null", nil }, ""},
		{"a null list", true, func([]string) (string, error) { return `{"batchItemFailures":null}`, nil }, ""},
		{"an error with reporting", true, func([]string) (string, error) { return "", errors.New("boom") }, "a b c"},
		{"no JSON", true, func([]string) (string, error) { return `{"batch`, nil }, "a b c"},
		{"no list", true, func([]string) (string, error) { return `{"batchItemFailures":"b"}`, nil }, "a b c"},
		{"an empty id", true, func([]string) (string, error) { return `{"batchItemFailures":[{"itemIdentifier":""}]}`, nil }, "a b c"},
		{"a null id", true, func([]string) (string, error) { return `{"batchItemFailures":[{"itemIdentifier":null}]}`, nil }, "a b c"},
		{"another name for the id", true, func(ids []string) (string, error) {
			return `{"batchItemFailures":[{"ItemIdentifier":"` + ids[0] + `"}]}`, nil
		}, "a b c"},
		{"an id that is not in the batch", true, func([]string) (string, error) { return `{"batchItemFailures":[{"itemIdentifier":"x"}]}`, nil }, "a b c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			q := d.NewQueue(simulator.QueueOptions{ARN: queue})
			for _, body := range []string{"a", "b", "c"} {
				q.Send(body)
			}
			source := simulator.EventSource{Queue: q, ReportFailures: test.reports, Function: func(_ context.Context, payload []byte) ([]byte, error) {
				var ids []string
				for _, r := range decode[events.SQSEvent](t, payload).Records {
					ids = append(ids, r.MessageId)
				}
				answer, err := test.answer(ids)
				return []byte(answer), err
			}}
			if n, err := source.Poll(t.Context()); n != 3 || (err != nil) != (test.left == "a b c" && test.name != "everything failed") {
				t.Errorf("%d messages, %v", n, err)
			}
			d.Advance(30 * time.Second)
			var left []string
			for _, r := range q.Records() {
				left = append(left, r.Body)
			}
			if got := strings.Join(left, " "); got != test.left {
				t.Errorf("left %q", got)
			}
		})
	}
}

func failing(which ...int) func([]string) (string, error) {
	return func(ids []string) (string, error) {
		var items []string
		for _, i := range which {
			items = append(items, fmt.Sprintf(`{"itemIdentifier":%q}`, ids[i]))
		}
		return `{"batchItemFailures":[` + strings.Join(items, ",") + `]}`, nil
	}
}

// A batch goes when it is full or its window is over.
func TestEventSourceWindow(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	q := d.NewQueue(simulator.QueueOptions{})
	var batches []int
	source := simulator.EventSource{Queue: q, BatchSize: 3, Window: 5 * time.Second, Function: func(_ context.Context, payload []byte) ([]byte, error) {
		batches = append(batches, len(decode[events.SQSEvent](t, payload).Records))
		return nil, nil
	}}
	for range 4 {
		q.Send("x")
	}
	source.Drain(t.Context())
	d.Advance(4 * time.Second)
	source.Drain(t.Context())
	d.Advance(time.Second)
	source.Drain(t.Context())
	if diff := cmp.Diff([]int{3, 1}, batches); diff != "" {
		t.Error(diff)
	}
}

// From a send to the function: a topic, its queue, several pollers, under duplicates, delay and redelivery. Every event
// comes at least once.
func TestEventSourceRun(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{AutoDeliver: true, Unsigned: true})
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", "ALL"))
	q := d.NewQueue(simulator.QueueOptions{ARN: queue})
	d.SubscribeQueue(topic, q, true)
	var mu sync.Mutex
	seen, calls := map[string]int{}, 0
	source := simulator.EventSource{Queue: q, ReportFailures: true, Function: func(_ context.Context, payload []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		calls++
		for _, r := range decode[events.SQSEvent](t, payload).Records {
			seen[r.Body]++
		}
		if calls%7 == 0 {
			return nil, errors.New("boom")
		}
		return nil, nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { source.Run(ctx, 3) })
	d.SetChaos(simulator.Chaos{Duplicate: 0.2, Delay: 0.2, DelayUpTo: time.Minute, Redeliver: 0.1})
	for range 100 {
		do(t, d, send(person, inSet("alerts")))
	}
	d.SetChaos(simulator.Chaos{})
	for round := 0; ; round++ {
		d.Deliver(t.Context(), simulator.DeliverOptions{})
		d.Advance(30 * time.Second)
		time.Sleep(time.Millisecond)
		if visible, hidden := q.Length(); visible+hidden == 0 && round > 3 {
			break
		}
		if round > 2000 {
			t.Fatal("the queue does not empty")
		}
	}
	stop()
	running.Wait()
	again := 0
	for _, times := range seen {
		again += times - 1
	}
	if len(seen) != 300 || again == 0 {
		t.Errorf("%d events, %d repeats", len(seen), again)
	}
}

// A function behind a topic is tried twice more, after a minute and two, and then the event is a dead letter.
func TestSubscribeFunction(t *testing.T) {
	t.Parallel()
	for _, fails := range []int{0, 1, 2, 3} {
		d := start(t, simulator.Options{})
		dead := d.NewQueue(simulator.QueueOptions{})
		var at []time.Duration
		d.SubscribeFunction(inbox, func(_ context.Context, payload []byte) ([]byte, error) {
			if body := decode[events.SNSEvent](t, payload).Records[0].SNS.Message; body != "hello" {
				t.Errorf("got %s", body)
			}
			at = append(at, d.Now().Sub(noon))
			if len(at) <= fails {
				return nil, errors.New("boom")
			}
			return nil, nil
		}, dead)
		d.Publish(t.Context(), inbox, "hello")
		for range 4 {
			d.Advance(time.Minute)
			d.Deliver(t.Context(), simulator.DeliverOptions{OnlyDue: true})
		}
		want := []time.Duration{0, time.Minute, 3 * time.Minute}[:min(fails, 2)+1]
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("%d failures: %s", fails, diff)
		}
		if letters := dead.Records(); len(letters) != max(fails-2, 0) || fails == 3 && !json.Valid([]byte(letters[0].Body)) {
			t.Errorf("%d failures: %v", fails, letters)
		}
	}
}
