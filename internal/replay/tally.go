package replay

import (
	"context"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/parking"
)

// tally counts what is committed of a chunk.
type tally struct {
	Store
	texts, changes, planned, withheld int
	parkedTexts, parkedEvents         []parking.Item
	// events are the new ones, by their keys: a batch that holds two under one key tells of both.
	events map[eventKey]bool
}

type eventKey struct {
	message, kind string
	at            int64
}

func (t *tally) begin() { *t = tally{Store: t.Store, events: map[eventKey]bool{}} }

// RecordInbound keeps a batch of texts.
func (t *tally) RecordInbound(ctx context.Context, b inbound.Batch) (inbound.Counts, error) {
	counts, err := t.Store.RecordInbound(ctx, b)
	if err == nil {
		t.texts += counts.New
		t.changes += counts.ConsentChanges
		t.planned += counts.Planned
		t.withheld += counts.Withheld
		t.parkedTexts = append(t.parkedTexts, b.Parked...)
	}
	return counts, err
}

// RecordEvents keeps a batch of delivery events.
func (t *tally) RecordEvents(ctx context.Context, b delivery.Batch) (delivery.Counts, error) {
	counts, err := t.Store.RecordEvents(ctx, b)
	if err == nil {
		for _, e := range counts.New {
			t.events[eventKey{e.MessageID, e.Type, e.OccurredAt.UnixMilli()}] = true
		}
		t.parkedEvents = append(t.parkedEvents, b.Parked...)
	}
	return counts, err
}
