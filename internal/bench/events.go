package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/metrics"
	"github.com/heedsms/heed/internal/store"
)

// The ways to keep the same events that are compared.
const (
	throughSQS = iota
	throughFirehose
	rowByRow
	bareStatement
	ways
)

// cell is one size of batch with one number of connections.
type cell struct {
	batch, connections int
	rates              [ways]float64 // events a second, medians
}

func (c *cell) overNaive(way int) float64 { return c.rates[way] / c.rates[rowByRow] }
func (c *cell) overBare(way int) float64  { return c.rates[way] / c.rates[bareStatement] }

// eventsBench measures the events path.
type eventsBench struct {
	url   string
	rand  *rand.Rand
	short bool
	tell  func(string)
	// Not zero: measure this one only.
	onlyBatch, onlyConns int
}

// run measures every cell. Within a cell the compared ways take turns, so that a slow moment of the machine meets all
// of them.
func (b *eventsBench) run(ctx context.Context) ([]cell, error) {
	var cells []cell
	for _, connections := range []int{1, 2, 4} {
		for _, batch := range []int{10, 100, 500, 1000} {
			if (b.onlyBatch != 0 && b.onlyBatch != batch) || (b.onlyConns != 0 && b.onlyConns != connections) {
				continue
			}
			c := cell{batch: batch, connections: connections}
			b.tell(fmt.Sprintf("events: batch %d, connections %d", batch, connections))
			if err := b.measure(ctx, &c); err != nil {
				return nil, err
			}
			cells = append(cells, c)
		}
	}
	return cells, nil
}

// rounds is how often each way has its turn. The targets are set for one connection, so that is where most go: how fast the
// disk commits changes within seconds, and naive does little else.
func (b *eventsBench) rounds(c *cell) int {
	switch {
	case b.short && c.connections == 1:
		return 2
	case b.short:
		return 1
	case c.connections == 1 && (c.batch == 10 || c.batch == 500): // of which a target is
		return 15
	case c.connections == 1:
		return 5
	}
	return 3
}

// sizes are how many events one measurement takes: about half a second's worth.
func (b *eventsBench) sizes(c *cell) (events, rowByRow int) {
	events, rowByRow = 10_000, 600*c.connections
	switch {
	case c.batch < 100:
		events = 4000
	case c.batch == 1000:
		events = 16_000
	}
	switch {
	case b.short && c.connections == 1:
		return events / 2, rowByRow / 2
	case b.short:
		return events / 4, rowByRow / 4
	}
	return events, rowByRow
}

func (b *eventsBench) measure(ctx context.Context, c *cell) error {
	db, err := store.Open(ctx, store.Options{URL: b.url, Connections: c.connections, GenericPlans: true})
	if err != nil {
		return err
	}
	defer db.Close()
	// Who writes the naive handler takes pgx as it comes.
	config, err := pgxpool.ParseConfig(b.url)
	if err != nil {
		return fmt.Errorf("read the database settings: %w", err)
	}
	config.MaxConns = int32(c.connections)
	plain, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("prepare the database pool: %w", err)
	}
	defer plain.Close()
	rates := make([][]float64, ways)
	for round := range b.rounds(c) + 1 {
		for way := range ways {
			rate, err := b.once(ctx, db, plain, c, way)
			if err != nil {
				return fmt.Errorf("batch %d, %d connections: %w", c.batch, c.connections, err)
			}
			// The first round opens the connections and prepares the statements.
			if round > 0 {
				rates[way] = append(rates[way], rate)
			}
		}
	}
	for way := range rates {
		c.rates[way] = median(rates[way])
	}
	return nil
}

// once takes a fresh load through one of the ways, into tables that are empty for all of them.
func (b *eventsBench) once(ctx context.Context, db *store.Store, plain *pgxpool.Pool, c *cell, way int) (float64, error) {
	n, few := b.sizes(c)
	if way == rowByRow {
		n = few
	}
	now := time.Now().UTC()
	load := deliveryEvents(b.rand, n, c.batch, now)
	wrap := sqsEnvelope
	if way == throughFirehose {
		wrap = firehoseEnvelope
	}
	events := batches(b.rand, load, c.batch, wrap)
	jobs, err := b.jobs(ctx, db, plain, way, events)
	if err != nil {
		return 0, err
	}
	if _, err := db.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message`); err != nil {
		return 0, fmt.Errorf("empty the tables: %w", err)
	}
	if _, err := db.Pool().Exec(ctx, `CHECKPOINT`); err != nil && way == 0 {
		b.tell("no right to CHECKPOINT: one may fall into a measurement") // a named server; it only costs precision
	}
	runtime.GC() // what the making of the load left behind is not the handler's
	took, err := together(ctx, c.connections, jobs)
	if err != nil {
		return 0, err
	}
	if err := b.check(ctx, db, load); err != nil {
		return 0, err
	}
	return float64(len(load)) / took.Seconds(), nil
}

// check makes sure that what was measured was done.
func (b *eventsBench) check(ctx context.Context, db *store.Store, load []payload) error {
	distinct := map[string]bool{}
	for _, p := range load {
		distinct[string(p.body)] = true
	}
	var rows int
	if err := db.Pool().QueryRow(ctx, `SELECT count(*) FROM heed.delivery_event`).Scan(&rows); err != nil {
		return fmt.Errorf("count the events: %w", err)
	}
	if rows != len(distinct) {
		return fmt.Errorf("%d events in the table, %d were handed in", rows, len(distinct))
	}
	return nil
}

// job is one invocation.
type job func(ctx context.Context) error

func (b *eventsBench) jobs(ctx context.Context, db *store.Store, plain *pgxpool.Pool, way int, events [][]byte) ([]job, error) {
	var invoke func(context.Context, []byte) ([]byte, error)
	switch way {
	case throughSQS, throughFirehose:
		invoke = eventsHandler(db).Invoke
	case rowByRow:
		invoke = (&naive{pool: plain}).Invoke
	case bareStatement:
		return bareJobs(ctx, db, events)
	}
	jobs := make([]job, len(events))
	for i, event := range events {
		jobs[i] = func(ctx context.Context) error {
			answer, err := invoke(ctx, event)
			if err == nil && way != throughFirehose && !bytes.Equal(answer, []byte(`{"batchItemFailures":[]}`)) {
				err = fmt.Errorf("an invocation answered %.200s", answer)
			}
			return err
		}
	}
	return jobs, nil
}

// eventsHandler is wired as cmd/events does it.
func eventsHandler(db delivery.Store) *ingress.Handler {
	log := slog.New(slog.DiscardHandler)
	counted := &metrics.Writer{Out: io.Discard, Now: time.Now}
	return &ingress.Handler{Worker: &delivery.Handler{Store: db, Metrics: counted, Log: log, Now: time.Now}, Log: log, Now: time.Now}
}

// bareJobs decodes and folds beforehand: what is left is the store's own statement.
func bareJobs(ctx context.Context, db *store.Store, events [][]byte) ([]job, error) {
	kept := &folded{}
	h := eventsHandler(kept)
	for _, event := range events {
		if _, err := h.Invoke(ctx, event); err != nil {
			return nil, err
		}
	}
	jobs := make([]job, len(kept.batches))
	for i, batch := range kept.batches {
		jobs[i] = func(ctx context.Context) error {
			_, err := db.RecordEvents(ctx, batch)
			return err
		}
	}
	return jobs, nil
}

// folded is a store that only remembers what it was given.
type folded struct{ batches []delivery.Batch }

func (f *folded) RecordEvents(_ context.Context, b delivery.Batch) (delivery.Counts, error) {
	f.batches = append(f.batches, b)
	return delivery.Counts{}, nil
}

func (f *folded) EventRules(context.Context, time.Time) (*delivery.Ruleset, error) {
	return &delivery.Ruleset{}, nil
}

// together does the jobs in their order, so many at a time, and says how long it took.
func together(ctx context.Context, workers int, jobs []job) (time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				if err := jobs[i](ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(begun)
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return 0, err
	}
	return took, ctx.Err()
}
