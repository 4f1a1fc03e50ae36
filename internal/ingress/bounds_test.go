package ingress_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
)

// Close to the deadline nothing new is begun; what is left goes back to the queue.
func TestDeadline(t *testing.T) {
	t.Parallel()
	clock := now
	k := &keeper{}
	// Each chunk takes a second.
	h := handler(worker(func(ctx context.Context, r []ingress.Record) []error {
		clock = clock.Add(time.Second)
		return k.Work(ctx, r)
	}), nil)
	h.Now, h.Chunk, h.Margin = func() time.Time { return clock }, 2, 2*time.Second
	ctx, cancel := context.WithDeadline(t.Context(), now.Add(3500*time.Millisecond))
	defer cancel()

	answer, err := h.Invoke(ctx, marshal(t, sqs(one, one, one, one, one, one, one)))
	if err != nil {
		t.Fatal(err)
	}
	// Two chunks are begun: at 3.5 and at 2.5 seconds before the deadline. At 1.5 the margin is passed.
	if diff := cmp.Diff([]int{2, 2}, k.chunks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"q4", "q5", "q6"}, failures(t, string(answer))); diff != "" {
		t.Error(diff)
	}
	// A source that takes no partial answer has to come again as a whole.
	for name, event := range map[string]any{"SNS": sns(one), "Firehose": firehose(one), "bare": []byte(one)} {
		if answer, err := h.Invoke(ctx, bytesOf(t, event)); err == nil {
			t.Errorf("%s: answered %s past its deadline", name, answer)
		}
	}
	if len(k.records) != 4 {
		t.Errorf("%d records were begun", len(k.records))
	}
}

func bytesOf(t *testing.T, event any) []byte {
	if b, ok := event.([]byte); ok {
		return b
	}
	return marshal(t, event)
}

type worker func(context.Context, []ingress.Record) []error

func (w worker) Work(ctx context.Context, r []ingress.Record) []error { return w(ctx, r) }

// Nor is an object opened that there is no time to read.
func TestDeadlineOpensNoObject(t *testing.T) {
	t.Parallel()
	opened := 0
	h := handler(&keeper{}, opener(func() io.Reader { opened++; return strings.NewReader(one) }))
	ctx, cancel := context.WithDeadline(t.Context(), now.Add(time.Second))
	defer cancel()
	answer, err := h.Invoke(ctx, marshal(t, sqs(string(marshal(t, created("a", "b"))))))
	if err != nil || opened != 0 || string(answer) != `{"batchItemFailures":[{"itemIdentifier":"q0"}]}` {
		t.Errorf("opened %d, answered %s %v", opened, answer, err)
	}
	if _, err := h.Invoke(ctx, marshal(t, created("a"))); err == nil || opened != 0 {
		t.Errorf("opened %d, %v", opened, err)
	}
}

// The largest batches that Lambda hands over: 10,000 messages, six megabytes.
func TestHugeBatch(t *testing.T) {
	t.Parallel()
	bodies := make([]string, 10_000)
	for i := range bodies {
		bodies[i] = fmt.Sprintf(`{"messageId":"m-%d","pad":"%s"}`, i, strings.Repeat("x", 400))
	}
	bodies[7777] = "BAD"
	for name, want := range map[string]func(*keeper, string, error) bool{
		"SQS": func(k *keeper, answer string, err error) bool {
			return err == nil && cmp.Equal(failures(t, answer), []string{"q7777"})
		},
		"SNS": func(_ *keeper, _ string, err error) bool { return err != nil },
	} {
		k := &keeper{refused: "BAD"}
		var event any = sqs(bodies...)
		if name == "SNS" {
			event = sns(bodies...)
		}
		answer, err := invoke(t, k, nil, event)
		if !want(k, answer, err) {
			t.Errorf("%s: %.200s %v", name, answer, err)
		}
		if diff := cmp.Diff(bodies, k.bodies()); diff != "" {
			t.Errorf("%s: the records are not those that came, in their order", name)
		}
		for _, n := range k.chunks {
			if n > 1000 {
				t.Errorf("%s: %d records at once", name, n)
			}
		}
	}
}

// Ten thousand bad lines cost neither ten thousand rows nor much time, and lose nothing.
func TestManyMalformedLines(t *testing.T) {
	t.Parallel()
	for why, line := range map[string]string{
		"prose":               "this is not JSON at all",
		"never closed":        `{"odd":"m`,
		"opened and not shut": `{"a":[{"b":`,
		"hostile bytes":       "\xff\xfe\x01",
	} {
		raw := one + "\n" + strings.Repeat(line+"\n", 10_000)
		start := time.Now()
		k := &keeper{}
		if _, err := invoke(t, k, nil, firehose(raw, two)); err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		if n := len(k.records); n > 110 {
			t.Errorf("%s: %d records of one bad object", why, n)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %s", why, took)
		}
		bodies := k.bodies()
		if bodies[0] != one || bodies[len(bodies)-1] != two {
			t.Errorf("%s: the good records beside it are %q and %q", why, bodies[0], bodies[len(bodies)-1])
		}
		if got := strings.Count(strings.Join(bodies, "\n"), line); got != 10_000 {
			t.Errorf("%s: %d of 10000 lines were set aside", why, got)
		}
	}
}

// What unpacks to gigabytes is set aside, within bounded memory, and fails nobody beside it.
func TestGzipBomb(t *testing.T) {
	t.Parallel()
	bomb := packed(strings.Repeat("0", 70<<20))
	k := &keeper{}
	data := []string{one}
	for range 2 {
		data = append(data, bomb)
	}
	answer, err := invoke(t, k, nil, firehose(append(data, two)...))
	if err != nil || strings.Count(answer, "recordId") != 4 {
		t.Fatalf("%.200s %v", answer, err)
	}
	for i, r := range k.records {
		if bad := i > 0 && i < 3; bad != (r.Malformed != "") || (bad && string(r.Body) != bomb) {
			t.Errorf("record %d: malformed %q", i, r.Malformed)
		}
	}
	// Below the bound for one, many are still not held at once.
	big := packed(`{"a":"` + strings.Repeat("0", 14<<20) + `"}`)
	h := handler(worker(func(_ context.Context, r []ingress.Record) []error {
		size := 0
		for i := range r {
			size += len(r[i].Body)
		}
		if size > 40<<20 {
			t.Errorf("%d MB are held at once", size>>20)
		}
		return make([]error, len(r))
	}), nil)
	if _, err := h.Invoke(t.Context(), marshal(t, firehose(big, big, big))); err != nil {
		t.Fatal(err)
	}
}

// One endless value in an object does not fill the memory; the object keeps it.
func TestEndlessValue(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	body := one + "\n\"" + strings.Repeat("x", 18<<20) + "\n" + two + "\n"
	if _, err := invoke(t, k, bucket{"archive/a": body}, created("a")); err != nil {
		t.Fatal(err)
	}
	want := []string{one, "s3://archive/a@20", two}
	if diff := cmp.Diff(want, k.bodies()); diff != "" {
		t.Error(diff)
	}
}
