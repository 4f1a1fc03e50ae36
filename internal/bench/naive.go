package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/heedsms/heed/internal/sms"
)

// naive is the handler that one writes first: encoding/json, then for every record one INSERT and one upsert, each a
// transaction of its own. It does less than heed's: no merge of columns but the status, nothing parked, no outbox.
type naive struct{ pool *pgxpool.Pool }

type naiveEvent struct {
	EventType                string            `json:"eventType"`
	EventTimestamp           int64             `json:"eventTimestamp"`
	IsFinal                  bool              `json:"isFinal"`
	OriginationPhoneNumber   string            `json:"originationPhoneNumber"`
	DestinationPhoneNumber   string            `json:"destinationPhoneNumber"`
	IsoCountryCode           string            `json:"isoCountryCode"`
	IsInternationalSend      *bool             `json:"isInternationalSend"`
	MCC                      string            `json:"mcc"`
	MNC                      string            `json:"mnc"`
	MessageID                string            `json:"messageId"`
	MessageRequestTimestamp  int64             `json:"messageRequestTimestamp"`
	MessageEncoding          string            `json:"messageEncoding"`
	MessageType              string            `json:"messageType"`
	MessageStatus            string            `json:"messageStatus"`
	MessageStatusDescription string            `json:"messageStatusDescription"`
	Context                  map[string]string `json:"context"`
	TotalMessageParts        int               `json:"totalMessageParts"`
	TotalMessagePrice        json.Number       `json:"totalMessagePrice"`
	TotalCarrierFee          json.Number       `json:"totalCarrierFee"`
}

// Invoke handles an SQS event whose messages hold SNS envelopes.
func (n *naive) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var batch struct {
		Records []struct {
			Body string `json:"body"`
		} `json:"Records"`
	}
	if err := json.Unmarshal(event, &batch); err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	for _, record := range batch.Records {
		var notification struct {
			Message string `json:"Message"`
		}
		if err := json.Unmarshal([]byte(record.Body), &notification); err != nil {
			return nil, fmt.Errorf("read the notification: %w", err)
		}
		var e naiveEvent
		if err := json.Unmarshal([]byte(notification.Message), &e); err != nil {
			return nil, fmt.Errorf("read the payload: %w", err)
		}
		if err := n.keep(ctx, &e); err != nil {
			return nil, err
		}
	}
	return []byte(`{"batchItemFailures":[]}`), nil
}

const naiveInsert = `
INSERT INTO heed.delivery_event (message_id, event_type, occurred_at, requested_at, aws_status, status, is_final, contact, identity,
    country, mcc, mnc, encoding, message_type, description, parts, price, carrier_fee, is_international, context, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::text::numeric, $18::text::numeric, $19, $20, now())
ON CONFLICT DO NOTHING`

const naiveUpsert = `
INSERT INTO heed.message AS t (message_id, requested_at, contact, identity, status, status_rank, status_at, aws_status, event_type, is_final,
    country, mcc, mnc, encoding, message_type, parts, price, carrier_fee, context, accepted_at, delivered_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::text::numeric, $18::text::numeric, $19,
    CASE WHEN $5 = 'accepted' THEN $7::timestamptz END, CASE WHEN $5 = 'delivered' THEN $7::timestamptz END, now())
ON CONFLICT (message_id, requested_at) DO UPDATE SET status = excluded.status, status_rank = excluded.status_rank,
    status_at = excluded.status_at, aws_status = excluded.aws_status, event_type = excluded.event_type,
    is_final = t.is_final OR excluded.is_final, price = greatest(t.price, excluded.price),
    carrier_fee = greatest(t.carrier_fee, excluded.carrier_fee), accepted_at = coalesce(t.accepted_at, excluded.accepted_at),
    delivered_at = coalesce(t.delivered_at, excluded.delivered_at), updated_at = now()
WHERE excluded.status_rank >= t.status_rank`

func (n *naive) keep(ctx context.Context, e *naiveEvent) error {
	status, rank := sms.Classify(e.MessageStatus, e.EventType, e.IsFinal)
	at, requested := time.UnixMilli(e.EventTimestamp), time.UnixMilli(e.MessageRequestTimestamp)
	_, err := n.pool.Exec(ctx, naiveInsert, e.MessageID, e.EventType, at, requested, e.MessageStatus, string(status), e.IsFinal,
		e.DestinationPhoneNumber, e.OriginationPhoneNumber, e.IsoCountryCode, e.MCC, e.MNC, e.MessageEncoding, e.MessageType,
		e.MessageStatusDescription, e.TotalMessageParts, e.TotalMessagePrice.String(), e.TotalCarrierFee.String(),
		e.IsInternationalSend, e.Context)
	if err != nil {
		return fmt.Errorf("insert an event: %w", err)
	}
	_, err = n.pool.Exec(ctx, naiveUpsert, e.MessageID, requested, e.DestinationPhoneNumber, e.OriginationPhoneNumber, string(status),
		int16(rank), at, e.MessageStatus, e.EventType, e.IsFinal, e.IsoCountryCode, e.MCC, e.MNC, e.MessageEncoding, e.MessageType,
		e.TotalMessageParts, e.TotalMessagePrice.String(), e.TotalCarrierFee.String(), e.Context)
	if err != nil {
		return fmt.Errorf("upsert a message: %w", err)
	}
	return nil
}
