package simulator_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

const queue = "arn:aws:sqs:us-east-1:111122223333:sms-inbound"

// decode reads an envelope into the struct with which a Go function would get it, and takes no field it does not know.
func decode[T any](t *testing.T, event []byte) T {
	t.Helper()
	var out T
	d := json.NewDecoder(bytes.NewReader(event))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatalf("%v in %s", err, event)
	}
	return out
}

func TestSNSLambdaEvent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	n := d.Publish(t.Context(), inbox, `{"messageBody":"<&>"}`)
	record := decode[events.SNSEvent](t, n.SNSLambdaEvent()).Records[0]
	if record.EventSource != "aws:sns" || record.SNS.Message != n.Message || record.SNS.MessageID != n.MessageID ||
		record.SNS.TopicArn != inbox || !record.SNS.Timestamp.Equal(noon) || record.SNS.Type != "Notification" ||
		record.SNS.SigningCertURL == "" || record.SNS.UnsubscribeURL == "" || record.SNS.MessageAttributes == nil {
		t.Errorf("%+v", record)
	}
}

// A queue gets the SNS envelope or, with raw delivery, the payload alone. Each record has an id of its own.
func TestSQSEvent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	n := d.Publish(t.Context(), inbox, `{"messageBody":"hello"}`)
	late := noon.Add(-time.Hour)
	event := decode[events.SQSEvent](t, d.SQSEvent(queue, n.SQSRecord(false), n.SQSRecord(true),
		simulator.SQSRecord{MessageID: "m-3", Body: "{poison", SentAt: late, ReceiveCount: 3}, simulator.SQSRecord{Body: "x"}))

	wrapped := decode[map[string]string](t, []byte(event.Records[0].Body))
	if wrapped["Message"] != n.Message || wrapped["Timestamp"] != "2026-11-20T12:00:00.000Z" ||
		wrapped["MessageId"] != n.MessageID || wrapped["SigningCertURL"] == "" || wrapped["UnsubscribeURL"] == "" {
		t.Errorf("envelope %+v", wrapped)
	}
	type shown struct{ ID, Body, Sent, Count string }
	var got []shown
	for _, r := range event.Records[1:] {
		if r.EventSource != "aws:sqs" || r.EventSourceARN != queue || r.AWSRegion != "us-east-1" || r.ReceiptHandle == "" {
			t.Errorf("%+v", r)
		}
		got = append(got, shown{r.MessageId, r.Body, r.Attributes["SentTimestamp"], r.Attributes["ApproximateReceiveCount"]})
	}
	want := []shown{
		{event.Records[1].MessageId, n.Message, "1795176000000", "1"},
		{"m-3", "{poison", "1795172400000", "3"},
		{event.Records[3].MessageId, "x", "1795176000000", "1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if event.Records[0].MessageId == event.Records[1].MessageId {
		t.Error("two records of one id")
	}
}

func TestFirehoseEvent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	event := decode[events.KinesisFirehoseEvent](t, d.FirehoseEvent(stream, []byte("{}\n"), nil, []byte{0xff}))
	if event.DeliveryStreamArn != stream || event.InvocationID == "" || event.Region != "us-east-1" ||
		!event.Records[0].ApproximateArrivalTimestamp.Equal(noon) {
		t.Errorf("%+v", event)
	}
	if diff := cmp.Diff([]string{"{}\n", "", "\xff"}, []string{
		string(event.Records[0].Data), string(event.Records[1].Data), string(event.Records[2].Data),
	}); diff != "" {
		t.Error(diff)
	}
	if event.Records[0].RecordID == event.Records[1].RecordID {
		t.Error("two records of one id")
	}
}

func TestLogsEvent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	data, err := decode[events.CloudwatchLogsEvent](t, d.LogsEvent("sms", false, "{}", "[]")).AWSLogs.Parse()
	must(t, err)
	if data.MessageType != "DATA_MESSAGE" || data.LogGroup != "sms" || len(data.LogEvents) != 2 ||
		data.LogEvents[1].Message != "[]" || data.LogEvents[0].ID == data.LogEvents[1].ID ||
		data.LogEvents[0].Timestamp != noon.UnixMilli() {
		t.Errorf("%+v", data)
	}
	control, err := decode[events.CloudwatchLogsEvent](t, d.LogsEvent("sms", true)).AWSLogs.Parse()
	must(t, err)
	if control.MessageType != "CONTROL_MESSAGE" {
		t.Errorf("%+v", control)
	}
}

// The default bus tells neither the person nor the context, but the carrier.
func TestEventBridgeEvent(t *testing.T) {
	t.Parallel()
	d, _ := listening(t, simulator.Options{})
	do(t, d, send(person, inSet("alerts")))
	raw, err := d.EventBridgeEvent(d.PendingEvents()[2].JSON)
	must(t, err)
	event := decode[events.EventBridgeEvent](t, raw)
	var detail map[string]any
	must(t, json.Unmarshal(event.Detail, &detail))
	if event.DetailType != "Text Message Delivery Status Updated" || event.Source != "aws.sms-voice" ||
		!event.Time.Equal(noon) || detail["eventType"] != "TEXT_DELIVERED" || detail["carrierName"] != "Example Wireless" ||
		detail["destinationPhoneNumber"] != nil || detail["context"] != nil {
		t.Errorf("%+v %v", event, detail)
	}
	for detail, want := range map[string]string{
		`{"registrationDetails":{}}`:      "Registration Status Change",
		`{"eventType":"VOICE_COMPLETED"}`: "Voice Message Delivery Status Updated",
		`{"eventType":"MEDIA_DELIVERED"}`: "Media Message Delivery Status Updated",
	} {
		raw, err := d.EventBridgeEvent([]byte(detail))
		must(t, err)
		if got := decode[events.EventBridgeEvent](t, raw).DetailType; got != want {
			t.Errorf("%s: %s", detail, got)
		}
	}
	if _, err := d.EventBridgeEvent([]byte("[]")); err == nil {
		t.Error("a list as a detail")
	}
}

// A key travels URL-encoded; aws-lambda-go decodes it.
func TestS3Event(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	var event events.S3Event
	must(t, json.Unmarshal(d.S3Event("archive", "in/rcs/m-1#my photo.jpg", 12), &event))
	object := event.Records[0].S3.Object
	if object.Key != "in/rcs/m-1%23my+photo.jpg" || object.URLDecodedKey != "in/rcs/m-1#my photo.jpg" || object.Size != 12 {
		t.Errorf("%+v", object)
	}
}
