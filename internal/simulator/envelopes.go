package simulator

import (
	"bytes"
	"compress/gzip"
	"crypto/md5" //nolint:gosec // SQS names MD5 for md5OfBody
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// The envelopes in which AWS hands messages to a consumer. Field names and their order are those of AWS's samples.

// snsTime is how SNS writes a time: RFC 3339 with milliseconds, in UTC.
const snsTime = "2006-01-02T15:04:05.000Z"

// The types of SNS messages.
const (
	typeNotification = "Notification"
	typeSubscribe    = "SubscriptionConfirmation"
	typeUnsubscribe  = "UnsubscribeConfirmation"
)

// envelope is the SNS JSON of a notification (page sns-message-and-json-formats). Lambda spells two keys otherwise.
type envelope struct {
	Type             string         `json:"Type"`
	MessageID        string         `json:"MessageId"`
	TopicARN         string         `json:"TopicArn"`
	Subject          *string        `json:"Subject,omitempty"`
	Message          string         `json:"Message"`
	Timestamp        string         `json:"Timestamp"`
	SignatureVersion string         `json:"SignatureVersion"`
	Signature        string         `json:"Signature"`
	SigningCertURL   string         `json:"SigningCertURL"`
	UnsubscribeURL   string         `json:"UnsubscribeURL"`
	Attributes       map[string]any `json:"MessageAttributes,omitempty"`
}

// lambdaEnvelope is the same as Lambda gives it (page with-sns).
type lambdaEnvelope struct {
	Type             string         `json:"Type"`
	MessageID        string         `json:"MessageId"`
	TopicARN         string         `json:"TopicArn"`
	Subject          *string        `json:"Subject"`
	Message          string         `json:"Message"`
	Timestamp        string         `json:"Timestamp"`
	SignatureVersion string         `json:"SignatureVersion"`
	Signature        string         `json:"Signature"`
	SigningCertURL   string         `json:"SigningCertUrl"`
	UnsubscribeURL   string         `json:"UnsubscribeUrl"`
	Attributes       map[string]any `json:"MessageAttributes"`
}

// anySubscription ends the ARN of a subscription of which the envelope does not know which it is.
const anySubscription = ":00000000-0000-4000-8000-000000000001"

// envelope is the notification as a subscription gets it, signed.
func (n Notification) envelope(subscriptionARN string) envelope {
	at := n.Timestamp.UTC().Format(snsTime)
	signature, certificate := n.origin.seal(n.version, n.TopicARN,
		"Message", n.Message, "MessageId", n.MessageID, "Timestamp", at, "TopicArn", n.TopicARN, "Type", typeNotification)
	return envelope{
		Type: typeNotification, MessageID: n.MessageID, TopicARN: n.TopicARN, Message: n.Message, Timestamp: at,
		SignatureVersion: strconv.Itoa(n.version), Signature: signature, SigningCertURL: certificate,
		UnsubscribeURL: n.origin.base(n.TopicARN) + "?Action=Unsubscribe&SubscriptionArn=" + subscriptionARN,
	}
}

// confirmation is the SNS JSON with which an HTTP endpoint is asked whether it wants a topic, and told that it no longer
// gets it (page sns-message-and-json-formats).
type confirmation struct {
	Type             string `json:"Type"`
	MessageID        string `json:"MessageId"`
	Token            string `json:"Token"`
	TopicARN         string `json:"TopicArn"`
	Message          string `json:"Message"`
	SubscribeURL     string `json:"SubscribeURL"`
	Timestamp        string `json:"Timestamp"`
	SignatureVersion string `json:"SignatureVersion"`
	Signature        string `json:"Signature"`
	SigningCertURL   string `json:"SigningCertURL"`
}

// confirmation makes one of these, signed. n is without a message yet.
func (n Notification) confirmation(kind, token, message string) confirmation {
	at := n.Timestamp.UTC().Format(snsTime)
	subscribe := n.origin.base(n.TopicARN) + "?Action=ConfirmSubscription&TopicArn=" + n.TopicARN + "&Token=" + token
	signature, certificate := n.origin.seal(n.version, n.TopicARN, "Message", message, "MessageId", n.MessageID,
		"SubscribeURL", subscribe, "Timestamp", at, "Token", token, "TopicArn", n.TopicARN, "Type", kind)
	return confirmation{
		Type: kind, MessageID: n.MessageID, Token: token, TopicARN: n.TopicARN, Message: message, SubscribeURL: subscribe,
		Timestamp: at, SignatureVersion: strconv.Itoa(n.version), Signature: signature, SigningCertURL: certificate,
	}
}

// SNSLambdaEvent is the event of a function that is subscribed to the topic itself (page with-sns).
func (n Notification) SNSLambdaEvent() []byte {
	return mustJSON(map[string]any{"Records": []any{map[string]any{
		"EventVersion":         "1.0",
		"EventSource":          "aws:sns",
		"EventSubscriptionArn": n.TopicARN + anySubscription,
		"Sns": func() lambdaEnvelope {
			e := lambdaEnvelope(n.envelope(n.TopicARN + anySubscription))
			e.Attributes = map[string]any{}
			return e
		}(),
	}}})
}

// SQSBody is the body of the SQS message where the queue is subscribed without raw delivery: the SNS envelope. With
// raw delivery the body is Message, and SNS's time is lost.
func (n Notification) SQSBody() string {
	return string(mustJSON(n.envelope(n.TopicARN + anySubscription)))
}

// SQSRecord is one message of a queue.
type SQSRecord struct {
	// MessageID is SQS's id, which an answer of batchItemFailures names. Empty means a new one; SQS keeps it when it
	// redelivers.
	MessageID string
	// Body is the SNS envelope, the bare payload with raw delivery, or anything else somebody put into the queue.
	Body string
	// SentAt is when the queue got it. Zero means now, on the double's clock.
	SentAt time.Time
	// ReceiveCount is how often it was handed out, this time included. 0 means once.
	ReceiveCount int
	// FirstReceivedAt is when it was handed out first. Zero means 10 ms after SentAt.
	FirstReceivedAt time.Time
}

// SQSRecord is the notification as a message of a queue, in the envelope or raw.
func (n Notification) SQSRecord(raw bool) SQSRecord {
	if raw {
		return SQSRecord{Body: n.Message, SentAt: n.Timestamp}
	}
	return SQSRecord{Body: n.SQSBody(), SentAt: n.Timestamp}
}

// SQSEvent is the event of a function that is fed by a queue (Lambda guide, with-sqs).
func (s *Simulator) SQSEvent(queueARN string, records ...SQSRecord) []byte {
	list := []any{}
	for _, r := range records {
		if r.MessageID == "" {
			r.MessageID = s.uuid()
		}
		if r.SentAt.IsZero() {
			r.SentAt = s.Now()
		}
		if r.FirstReceivedAt.IsZero() {
			r.FirstReceivedAt = r.SentAt.Add(10 * time.Millisecond)
		}
		sum := md5.Sum([]byte(r.Body)) //nolint:gosec // SQS names MD5 for md5OfBody
		list = append(list, map[string]any{
			"messageId":     r.MessageID,
			"receiptHandle": "receipt-" + s.uuid(),
			"body":          r.Body,
			"attributes": map[string]string{
				"ApproximateReceiveCount":          strconv.Itoa(max(r.ReceiveCount, 1)),
				"SentTimestamp":                    strconv.FormatInt(r.SentAt.UnixMilli(), 10),
				"SenderId":                         "AIDAEXAMPLESENDER0001",
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(r.FirstReceivedAt.UnixMilli(), 10),
			},
			"messageAttributes": map[string]any{},
			"md5OfBody":         hex.EncodeToString(sum[:]),
			"eventSource":       "aws:sqs",
			"eventSourceARN":    queueARN,
			"awsRegion":         regionOf(queueARN),
		})
	}
	return mustJSON(map[string]any{"Records": list})
}

// FirehoseEvent is the event of a function that transforms records of a delivery stream (Firehose guide,
// data-transformation).
func (s *Simulator) FirehoseEvent(deliveryStreamARN string, records ...[]byte) []byte {
	list := []any{}
	for i, data := range records {
		list = append(list, map[string]any{
			"recordId":                    fmt.Sprintf("4954%052d", i),
			"approximateArrivalTimestamp": s.Now().UnixMilli(),
			"data":                        data,
		})
	}
	return mustJSON(map[string]any{
		"invocationId": s.uuid(), "deliveryStreamArn": deliveryStreamARN, "region": regionOf(deliveryStreamARN),
		"records": list,
	})
}

// LogsEvent is the event of a function that is subscribed to a log group (Logs guide, SubscriptionFilters): gzip in
// base64. With control it is the CONTROL_MESSAGE with which CloudWatch checks that the function can be reached.
func (s *Simulator) LogsEvent(logGroup string, control bool, messages ...string) []byte {
	kind := "DATA_MESSAGE"
	if control {
		kind = "CONTROL_MESSAGE"
	}
	at := s.Now().UnixMilli()
	events := []any{}
	for i, message := range messages {
		events = append(events, map[string]any{"id": fmt.Sprintf("%020d%036d", at, i), "timestamp": at, "message": message})
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(mustJSON(map[string]any{
		"messageType": kind, "owner": s.options.AccountID, "logGroup": logGroup, "logStream": "text",
		"subscriptionFilters": []string{"all"}, "logEvents": events,
	}))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("simulator: packing log events: %v", err)) // into memory: it cannot fail
	}
	return mustJSON(map[string]any{"awslogs": map[string]any{"data": packed.Bytes()}})
}

// EventBridgeEvent is a delivery event as the default bus carries it (page monitor-event-bridge): the detail has
// neither destinationPhoneNumber nor context, and names the carrier. A detail with registrationDetails becomes a
// Registration Status Change. What is no JSON object is an error.
func (s *Simulator) EventBridgeEvent(detail []byte) ([]byte, error) {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(detail))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		return nil, fmt.Errorf("reading the detail of an EventBridge event: %w", err)
	}
	eventType, _ := members["eventType"].(string)
	kind := "Text Message Delivery Status Updated"
	switch {
	case members["registrationDetails"] != nil:
		kind = "Registration Status Change"
	case strings.HasPrefix(eventType, "MEDIA_"):
		kind = "Media Message Delivery Status Updated"
	case strings.HasPrefix(eventType, "VOICE_"):
		kind = "Voice Message Delivery Status Updated"
	}
	if to, ok := members["destinationPhoneNumber"].(string); ok {
		if name := carrierOf(sms.Phone(to)).name; name != "" {
			members["carrierName"] = name
		}
	}
	delete(members, "destinationPhoneNumber")
	delete(members, "context")
	return mustJSON(map[string]any{
		"version": "0", "id": s.uuid(), "detail-type": kind, "source": "aws.sms-voice", "account": s.options.AccountID,
		"time": s.Now().UTC().Format(time.RFC3339), "region": s.options.Region, "resources": []string{}, "detail": members,
	}), nil
}

// S3Event is the notification of a new object (S3 guide, notification-content-structure). The key travels URL-encoded,
// a space as a plus.
func (s *Simulator) S3Event(bucket, key string, size int64) []byte {
	return mustJSON(map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": s.options.Region, "eventName": "ObjectCreated:Put",
		"eventTime": s.Now().UTC().Format(snsTime),
		"s3": map[string]any{
			"s3SchemaVersion": "1.0",
			"bucket":          map[string]any{"name": bucket, "arn": "arn:aws:s3:::" + bucket},
			"object": map[string]any{
				"key": strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"), "size": size,
				"eTag": "00000000000000000000000000000000", "sequencer": "0055AED6DCD90281E5",
			},
		},
	}}})
}

func regionOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}

// mustJSON writes values that are made of texts, numbers, maps and lists, for which it cannot fail.
func mustJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("simulator: writing an envelope: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
