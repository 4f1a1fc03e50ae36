package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heedsms/heed/internal/outbox"
)

// Bus puts events on a bus of EventBridge.
type Bus struct {
	api  *api
	name string
}

// What one call takes (API_PutEvents).
const (
	maxEvents     = 10
	maxEventBytes = 256 << 10
)

// NewBus makes a client of one bus, by its name or ARN. It connects to nothing.
func NewBus(cfg aws.Config, name string, now func() time.Time) *Bus {
	b := &Bus{api: newAPI(cfg, now, "events", "EVENTBRIDGE", "AWSEvents.PutEvents"), name: name}
	b.api.mute = true
	return b
}

// entry is an event as PutEvents takes it.
type entry struct {
	Source       string
	DetailType   string
	Detail       string
	EventBusName string
}

// Publish puts the first of the events on the bus, as many as one call takes, and gives a receipt for each of them.
func (b *Bus) Publish(ctx context.Context, events []outbox.Event) ([]outbox.Receipt, error) {
	var in struct{ Entries []entry }
	size := 0
	for _, e := range events {
		own := len(outbox.Source) + len(e.Type) + len(e.Detail)
		if own > maxEventBytes && len(in.Entries) == 0 {
			return []outbox.Receipt{{Err: &smithy.GenericAPIError{Code: "EventTooLarge", Fault: smithy.FaultClient}}}, nil
		}
		if size += own; size > maxEventBytes || len(in.Entries) == maxEvents {
			break
		}
		in.Entries = append(in.Entries, entry{outbox.Source, e.Type, e.Detail, b.name})
	}
	var out struct {
		Entries []struct {
			ID   string `json:"EventId"`
			Code string `json:"ErrorCode"`
		}
	}
	if err := b.api.call(ctx, in, &out, jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil, fmt.Errorf("put %d events: %w", len(in.Entries), err)
	}
	if len(out.Entries) != len(in.Entries) {
		return nil, fmt.Errorf("put %d events: the answer is of %d", len(in.Entries), len(out.Entries))
	}
	receipts := make([]outbox.Receipt, len(out.Entries))
	for i, e := range out.Entries {
		receipts[i].ID = e.ID
		if e.Code != "" {
			receipts[i].Err = &smithy.GenericAPIError{Code: e.Code, Fault: smithy.FaultClient}
		}
	}
	return receipts, nil
}
