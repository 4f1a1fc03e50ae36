package ingress

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Worker keeps records. It answers with one error a record, in their order: nil when the record is committed or
// parked, anything else when it has to come again. A nil slice means that all are kept.
type Worker interface {
	Work(ctx context.Context, records []Record) []error
}

// Handler is a Lambda function: it opens what Lambda hands over, gives the records to its worker in chunks, and
// answers as the source expects. It never answers well for a record that its worker did not keep.
type Handler struct {
	Worker Worker
	// Objects reads S3; nil where no notification is expected.
	Objects Opener
	// Chunk is the most records that the worker gets at once; 0 means 1,000.
	Chunk int
	// Margin is how long before the invocation's deadline no new records are begun; 0 means two seconds.
	Margin time.Duration
	Log    *slog.Logger
	Now    func() time.Time
}

// The defaults of Handler.
const (
	defaultChunk  = 1000
	defaultMargin = 2 * time.Second
	// maxChunkBytes is how much is held unpacked before it is worked, however few records that is.
	maxChunkBytes = 16 << 20
)

var errDeadline = errors.New("the invocation's deadline is near: left for the next one")

// Invoke handles one invocation. It implements lambda.Handler of aws-lambda-go.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	run := &run{h: h, ctx: ctx, failed: map[int]error{}}
	d := &decoder{ctx: ctx, opener: h.Objects, late: run.deadlineIsNear}
	e := d.open(payload)
	run.items = len(e.items)
	chunk, size := make([]Record, 0, min(h.chunk(), max(len(e.items), 1))), 0
	for rec, err := range e.records {
		if err != nil {
			// Nothing more can be read of this item: what was read is kept, the item has to come again.
			run.failed[rec.item] = err
			continue
		}
		chunk, size = append(chunk, rec), size+len(rec.Body)
		if len(chunk) < h.chunk() && size < maxChunkBytes {
			continue
		}
		if run.work(chunk); run.late {
			break
		}
		clear(chunk)
		chunk, size = chunk[:0], 0
	}
	if !run.late {
		run.work(chunk)
	}
	return run.answer(e)
}

func (h *Handler) chunk() int {
	if h.Chunk > 0 {
		return h.Chunk
	}
	return defaultChunk
}

// run is one invocation under way.
type run struct {
	h      *Handler
	ctx    context.Context
	items  int
	failed map[int]error // by the item in its event
	late   bool          // the deadline came near; what was not begun is in failed
}

func (r *run) work(chunk []Record) {
	if len(chunk) == 0 {
		return
	}
	if r.deadlineIsNear() {
		r.late = true
		for item := chunk[0].item; item < max(r.items, chunk[0].item+1); item++ {
			r.failed[item] = errDeadline
		}
		return
	}
	for i, err := range r.h.Worker.Work(r.ctx, chunk) {
		if err != nil {
			r.failed[chunk[i].item] = err
		}
	}
}

func (r *run) deadlineIsNear() bool {
	deadline, ok := r.ctx.Deadline()
	if !ok {
		return false
	}
	margin := r.h.Margin
	if margin == 0 {
		margin = defaultMargin
	}
	return deadline.Sub(r.h.Now()) < margin
}

// answer is what the source of the event waits for.
func (r *run) answer(e envelope) ([]byte, error) {
	first := r.firstError()
	if first != nil {
		r.h.Log.LogAttrs(r.ctx, slog.LevelError, "records have to come again",
			slog.String("source", e.source.String()), slog.Int("records", len(r.failed)), slog.Any("error", first))
	}
	switch {
	case e.source == SQS:
		return sqsAnswer(e.items, r.failed)
	case first != nil:
		return nil, fmt.Errorf("%d records were not kept: %w", len(r.failed), first)
	case e.source == Firehose:
		return firehoseAnswer(e.items, e.data), nil
	}
	return []byte("null"), nil
}

func (r *run) firstError() error {
	first := -1
	for i := range r.failed {
		if first < 0 || i < first {
			first = i
		}
	}
	return r.failed[first]
}

// sqsAnswer names the messages that have to come again by their SQS message ids. AWS reads an empty or unknown id
// as the failure of the whole batch (services-sqs-errorhandling), which is what a message without id calls for.
func sqsAnswer(items []string, failed map[int]error) ([]byte, error) {
	out := []byte(`{"batchItemFailures":[`)
	told := make(map[string]bool, len(failed))
	for i, id := range items {
		err, bad := failed[i]
		if !bad || told[id] {
			continue
		}
		if id == "" {
			return nil, fmt.Errorf("a message without messageId was not kept: %w", err)
		}
		if told[id] = true; len(told) > 1 {
			out = append(out, ',')
		}
		out = append(out, `{"itemIdentifier":`...)
		out, _ = jsontext.AppendQuote(out, id)
		out = append(out, '}')
	}
	return append(out, `]}`...), nil
}

// firehoseAnswer hands every record back once, as it came, with a newline where it lacks one: in S3 the records
// would stand in one line otherwise (data-transformation-status-model). Packed records stay as they are: a newline
// between two members makes the object unreadable.
func firehoseAnswer(items []string, data [][]byte) []byte {
	size := 16
	for i := range items {
		size += len(items[i]) + base64.StdEncoding.EncodedLen(len(data[i])+1) + 48
	}
	out := append(make([]byte, 0, size), `{"records":[`...)
	seen := make(map[string]bool, len(items))
	for i, id := range items {
		if seen[id] || id == "" {
			continue
		}
		seen[id] = true
		if len(seen) > 1 {
			out = append(out, ',')
		}
		out = append(out, `{"recordId":`...)
		out, _ = jsontext.AppendQuote(out, id)
		kept := data[i]
		if kept == nil {
			out = append(out, `,"result":"ProcessingFailed","data":""}`...) // Firehose keeps what it sent
			continue
		}
		out = append(out, `,"result":"Ok","data":"`...)
		if (len(kept) == 0 || kept[len(kept)-1] != '\n') && !isGzip(kept) {
			kept = append(kept[:len(kept):len(kept)], '\n')
		}
		out = base64.StdEncoding.AppendEncode(out, kept)
		out = append(out, `"}`...)
	}
	return append(out, `]}`...)
}
