package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/store"
)

const (
	foldBatch = 500
	// lateShare is how many in a hundred events are of messages of the days before.
	lateShare = 3
)

// fold is how fast events are kept by so many connections: beside the month, and in tables that are empty.
type fold struct {
	connections   int
	beside, empty float64 // events a second, medians
}

func (f *fold) share() float64 { return f.beside / f.empty }

// place is one of the two databases.
type place struct {
	db    *store.Store
	rates []float64
}

// folds takes the same events into the two databases, in turns, by the handler that cmd/events wires.
func (b *largeBench) folds(ctx context.Context, r *largeResult) error {
	for _, connections := range []int{1, 4} {
		b.tell(fmt.Sprintf("large: folding, connections %d", connections))
		f, err := b.foldBy(ctx, connections)
		if err != nil {
			return err
		}
		r.folds = append(r.folds, f)
	}
	return nil
}

func (b *largeBench) foldBy(ctx context.Context, connections int) (fold, error) {
	f := fold{connections: connections}
	rounds, events := 9, 24_000
	if b.short {
		rounds, events = 2, 3_000
	}
	var places [2]place
	for i, url := range []string{b.url, b.empty} {
		db, err := store.Open(ctx, store.Options{URL: url, Connections: connections, GenericPlans: true})
		if err != nil {
			return f, err
		}
		defer db.Close()
		places[i].db = db
	}
	for round := range rounds + 1 {
		load, err := b.todays(ctx, events)
		if err != nil {
			return f, err
		}
		// A fresh connection plans, and so does one whose tables were emptied: that is over before it counts.
		warming, err := b.todays(ctx, 60*connections)
		if err != nil {
			return f, err
		}
		if _, err := places[1].db.Pool().Exec(ctx, `TRUNCATE heed.delivery_event, heed.message, heed.rollup_mark`); err != nil {
			return f, fmt.Errorf("empty the tables: %w", err)
		}
		for i := range places {
			p := &places[(i+round)%2]
			if _, err := b.keep(ctx, p.db, connections, warming, 10); err != nil {
				return f, err
			}
			rate, err := b.keep(ctx, p.db, connections, load, foldBatch)
			if err != nil {
				return f, err
			}
			// The first round reads the tables' ends into memory.
			if round > 0 {
				p.rates = append(p.rates, rate)
			}
		}
	}
	f.beside, f.empty = median(places[0].rates), median(places[1].rates)
	return f, nil
}

// todays are events of new messages, and among them some that come late: for messages of the month of which no last word
// is known.
func (b *largeBench) todays(ctx context.Context, n int) ([]payload, error) {
	load := deliveryEvents(b.rand, n*(100-lateShare)/100, foldBatch, time.Now().UTC())
	late, err := b.late(ctx, n*lateShare/100)
	if err != nil {
		return nil, err
	}
	for _, p := range late {
		load = slices.Insert(load, b.rand.IntN(len(load)), p)
	}
	return load, nil
}

// unheard are messages of which the carrier's word is the last, of any day.
const unheard = `
SELECT m.message_id, m.requested_at, m.contact, m.identity, m.country, m.mcc, m.mnc, m.encoding, m.message_type, m.parts, m.price::text, m.carrier_fee::text
FROM heed.message m
WHERE m.requested_at >= $1 AND m.requested_at < $1 + interval '15 minutes' AND m.delivered_at IS NULL AND m.accepted_at IS NOT NULL
LIMIT $2`

// late makes receipts of handsets that come days after.
func (b *largeBench) late(ctx context.Context, n int) ([]payload, error) {
	var late []payload
	for tries := 0; len(late) < n && tries < 200; tries++ {
		at := b.month.at(b.rand.IntN(len(b.month.messages)))
		more, err := b.receipts(ctx, at, min(n-len(late), 60))
		if err != nil {
			return nil, err
		}
		late = append(late, more...)
	}
	return late, nil
}

// receipts are the last words of at most so many messages of a quarter of an hour.
func (b *largeBench) receipts(ctx context.Context, at time.Time, most int) (late []payload, err error) {
	rows, err := b.db.Pool().Query(ctx, unheard, at, most)
	if err != nil {
		return nil, fmt.Errorf("look for open messages: %w", err)
	}
	var m message
	var identity, price, fee string
	_, err = pgx.ForEachRow(rows, []any{&m.id, &m.requested, &m.contact, &identity, &m.country, &m.mcc, &m.mnc, &m.encoding, &m.kind, &m.parts, &price, &fee}, func() error {
		came := m.requested.Add(time.Duration(1+b.rand.IntN(48*60)) * time.Minute)
		late = append(late, payload{at: came, body: fmt.Appendf(nil, `{"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,`+
			`"originationPhoneNumber":"%s","destinationPhoneNumber":"%s","isoCountryCode":"%s","mcc":"%s","mnc":"%s","messageId":"%s",`+
			`"messageRequestTimestamp":%d,"messageEncoding":"%s","messageType":"%s","messageStatus":"DELIVERED",`+
			`"messageStatusDescription":"Message has been accepted by phone","totalMessageParts":%d,"totalMessagePrice":%s,"totalCarrierFee":%s}`,
			came.UnixMilli(), identity, m.contact, m.country, m.mcc, m.mnc, m.id, m.requested.UnixMilli(), m.encoding, m.kind, m.parts, price, fee)})
		return nil
	})
	return late, err
}

// keep hands the load to the handler and gives how many events a second it kept.
func (b *largeBench) keep(ctx context.Context, db *store.Store, connections int, load []payload, batch int) (float64, error) {
	handler := eventsHandler(db)
	events := batches(b.rand, load, batch, sqsEnvelope)
	jobs := make([]job, len(events))
	for i, event := range events {
		jobs[i] = func(ctx context.Context) error {
			answer, err := handler.Invoke(ctx, event)
			if err == nil && !bytes.Equal(answer, []byte(`{"batchItemFailures":[]}`)) {
				err = fmt.Errorf("an invocation answered %.200s", answer)
			}
			return err
		}
	}
	runtime.GC()
	took, err := together(ctx, connections, jobs)
	if err != nil {
		return 0, fmt.Errorf("fold: %w", err)
	}
	return float64(len(load)) / took.Seconds(), nil
}
