package ingress_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/heedsms/heed/internal/ingress"
)

// keeper is a worker that keeps what it gets, but for bodies that hold a refused word.
type keeper struct {
	refused string
	records []ingress.Record
	chunks  []int
}

var errRefused = errors.New("the database is away")

func (k *keeper) Work(_ context.Context, records []ingress.Record) []error {
	errs := make([]error, len(records))
	for i, r := range records {
		r.Body = bytes.Clone(r.Body)
		k.records = append(k.records, r)
		if k.refused != "" && bytes.Contains(r.Body, []byte(k.refused)) {
			errs[i] = errRefused
		}
	}
	k.chunks = append(k.chunks, len(records))
	return errs
}

// got is a record without what a table does not care for.
type got struct {
	Source    ingress.Source
	ID        string
	Body      string
	SaidAt    string
	Malformed bool
}

func (k *keeper) got() []got {
	var out []got
	for _, r := range k.records {
		g := got{r.Source, r.ID, string(r.Body), "", r.Malformed != ""}
		if !r.SaidAt.IsZero() {
			g.SaidAt = r.SaidAt.Format(time.RFC3339Nano)
		}
		out = append(out, g)
	}
	return out
}

func (k *keeper) bodies() []string {
	var out []string
	for _, r := range k.records {
		out = append(out, string(r.Body))
	}
	return out
}

var now = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

func handler(w ingress.Worker, objects ingress.Opener) *ingress.Handler {
	return &ingress.Handler{Worker: w, Objects: objects, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
}

// invoke hands an event over as Lambda does. An event that is not bytes is marshalled first.
func invoke(t *testing.T, k *keeper, objects ingress.Opener, event any) (string, error) {
	t.Helper()
	payload, ok := event.([]byte)
	if !ok {
		payload = marshal(t, event)
	}
	answer, err := handler(k, objects).Invoke(t.Context(), payload)
	return string(answer), err
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sample(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sqs is an event of a queue with these bodies; their ids are q0, q1 and so on.
func sqs(bodies ...string) events.SQSEvent {
	var e events.SQSEvent
	for i, body := range bodies {
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: "q" + itoa(i), ReceiptHandle: "r", Body: body, EventSource: "aws:sqs", AWSRegion: "us-east-1",
			EventSourceARN: "arn:aws:sqs:us-east-1:111122223333:sms-events",
			Attributes:     map[string]string{"SentTimestamp": "1795194246010", "ApproximateReceiveCount": "1"},
		})
	}
	return e
}

func sns(messages ...string) events.SNSEvent {
	var e events.SNSEvent
	for i, m := range messages {
		e.Records = append(e.Records, events.SNSEventRecord{EventVersion: "1.0", EventSource: "aws:sns", SNS: events.SNSEntity{
			Type: "Notification", MessageID: "n" + itoa(i), TopicArn: "arn:aws:sns:us-east-1:111122223333:t", Message: m,
			Timestamp: time.Date(2026, 11, 20, 17, 4, 5, 678e6, time.UTC),
		}})
	}
	return e
}

// notification is the SNS envelope as it lies in the body of a queue's message.
func notification(t testing.TB, message string) string {
	return string(marshal(t, map[string]any{
		"Type": "Notification", "MessageId": "n0", "TopicArn": "arn:aws:sns:us-east-1:111122223333:t", "Message": message,
		"Timestamp": "2026-11-20T17:04:06.001Z", "SigningCertURL": "https://sns.us-east-1.amazonaws.com/x.pem",
	}))
}

func firehose(data ...string) events.KinesisFirehoseEvent {
	e := events.KinesisFirehoseEvent{InvocationID: "i", DeliveryStreamArn: "arn:aws:firehose:us-east-1:111122223333:deliverystream/s", Region: "us-east-1"}
	for i, d := range data {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{
			RecordID: "f" + itoa(i), Data: []byte(d), ApproximateArrivalTimestamp: events.MilliSecondsEpochTime{Time: time.UnixMilli(1795194246500)},
		})
	}
	return e
}

func logs(t testing.TB, data events.CloudwatchLogsData) events.CloudwatchLogsEvent {
	packed := packed(string(marshal(t, data)))
	return events.CloudwatchLogsEvent{AWSLogs: events.CloudwatchLogsRawData{Data: base64.StdEncoding.EncodeToString([]byte(packed))}}
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

// bucket is S3 with these objects, each named bucket/key.
type bucket map[string]string

func (b bucket) Open(_ context.Context, name, key string) (io.ReadCloser, error) {
	body, ok := b[name+"/"+key]
	if !ok {
		return nil, errors.New("S3 answered 404 Not Found")
	}
	return io.NopCloser(strings.NewReader(body)), nil
}

// created is a notification of S3 for these keys, which stand in it as S3 writes them.
func created(keys ...string) events.S3Event {
	var e events.S3Event
	for _, key := range keys {
		e.Records = append(e.Records, events.S3EventRecord{
			EventSource: "aws:s3", EventName: "ObjectCreated:Put",
			S3: events.S3Entity{Bucket: events.S3Bucket{Name: "archive"}, Object: events.S3Object{Key: key, Size: 1, Sequencer: "0"}},
		})
	}
	return e
}

func itoa(i int) string { return string(marshalInt(i)) }

func marshalInt(i int) []byte { b, _ := json.Marshal(i); return b }
