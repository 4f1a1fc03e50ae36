package ingress_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/ingress"
)

const (
	one = `{"messageId":"m-1"}`
	two = `{"messageId":"m-2"}`
)

// detail and message are the payloads inside AWS's own samples.
func detail(t *testing.T, file string) string {
	var e struct {
		Detail json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(sample(t, file), &e); err != nil {
		t.Fatal(err)
	}
	return string(e.Detail)
}

func message(t *testing.T, file string) string {
	var e struct {
		Records []struct {
			Body string
			Sns  struct{ Message string }
		}
	}
	if err := json.Unmarshal(sample(t, file), &e); err != nil {
		t.Fatal(err)
	}
	r := e.Records[0]
	if r.Body == "" {
		return r.Sns.Message
	}
	var envelope struct{ Message string }
	if err := json.Unmarshal([]byte(r.Body), &envelope); err != nil {
		t.Fatal(err)
	}
	return envelope.Message
}

// Each source in AWS's own shape: what comes out of it, by which id and time, and what it is answered.
func TestSources(t *testing.T) {
	t.Parallel()
	const queued, said, arrived, sent = "2026-11-20T17:04:06.01Z", "2026-11-20T17:04:05.678Z", "2026-11-20T17:04:06.5Z", "2026-11-20T17:04:06.001Z"
	data := events.CloudwatchLogsData{
		Owner: "111122223333", LogGroup: "sms", LogStream: "s", SubscriptionFilters: []string{"f"}, MessageType: "DATA_MESSAGE",
		LogEvents: []events.CloudwatchLogsLogEvent{{ID: "l0", Timestamp: 1795194246500, Message: one}, {Timestamp: 0, Message: two}},
	}
	control := data
	control.MessageType, control.LogEvents = "CONTROL_MESSAGE", []events.CloudwatchLogsLogEvent{{ID: "", Timestamp: 1795194246500, Message: "CWL CONTROL MESSAGE: Checking health of destination Firehose."}}
	silent := control
	silent.LogEvents = nil
	for _, row := range []struct {
		why    string
		event  any
		want   []got
		answer string
	}{
		{"SNS: AWS's sample of an inbound text", sample(t, "f01_sns"), []got{{ingress.SNS, "5a1d2c3b-0000-5555-8888-1234567890ab", message(t, "f01_sns"), said, false}}, "null"},
		{"SNS: several records", sns(one, two), []got{{ingress.SNS, "n0", one, said, false}, {ingress.SNS, "n1", two, said, false}}, "null"},
		{"SQS: a delivery event in the envelope of SNS, whose time is the better one", sample(t, "f17_sqs"), []got{{ingress.SQS, "d2d2d2d2-1111-4222-8333-444444444417", message(t, "f17_sqs"), sent, false}}, `{"batchItemFailures":[]}`},
		{"SQS: raw delivery leaves the time of the queue", sqs(one, two), []got{{ingress.SQS, "q0", one, queued, false}, {ingress.SQS, "q1", two, queued, false}}, `{"batchItemFailures":[]}`},
		{"EventBridge: a delivery event", sample(t, "f14_eventbridge"), []got{{ingress.EventBridge, "5c0fa4f8-e4ba-ed02-6101-000000000014", detail(t, "f14_eventbridge"), "2026-11-20T18:20:41Z", false}}, "null"},
		{"EventBridge: a call", sample(t, "f15_eventbridge_voice"), []got{{ingress.EventBridge, "5c0fa4f8-e4ba-ed02-6101-000000000015", detail(t, "f15_eventbridge_voice"), "2026-11-20T18:20:41Z", false}}, "null"},
		{"EventBridge: a registration change, for the parser to ignore", sample(t, "f16_registration"), []got{{ingress.EventBridge, "5c0fa4f8-e4ba-ed02-6101-000000000016", detail(t, "f16_registration"), "2026-11-20T18:30:00Z", false}}, "null"},
		{"CloudWatch Logs: each log event is a payload, one without an id gets a stable one", logs(t, data), []got{{ingress.Logs, "l0", one, arrived, false}, {ingress.Logs, "*", two, "", false}}, "null"},
		{"CloudWatch Logs: a control message is silent", logs(t, control), nil, "null"},
		{"CloudWatch Logs: even without log events", logs(t, silent), nil, "null"},
		{"what Firehose could not hand on: the record within, and when it arrived", []byte(`{"attemptsMade":4,"arrivalTimestamp":1795194246500,"errorCode":"Lambda.FunctionError","rawData":"` + base64.StdEncoding.EncodeToString([]byte(one+two)) + `"}`), []got{{ingress.Bare, "*", one, arrived, false}, {ingress.Bare, "*", two, arrived, false}}, "null"},
		{"an event of Lambda within a record, as somebody saved it", sqs(string(sample(t, "f17_sqs"))), []got{{ingress.SQS, "d2d2d2d2-1111-4222-8333-444444444417", message(t, "f17_sqs"), sent, false}}, `{"batchItemFailures":[]}`},
		{"a bare payload has no time, and an id made of its bytes", []byte(one), []got{{ingress.Bare, "*", one, "", false}}, "null"},
		{"a bare payload with members of envelopes in other shapes", []byte(`{"id":7,"time":5,"Records":"none","detail-type":null,"messageId":"m-1"}`), []got{{ingress.Bare, "*", `{"id":7,"time":5,"Records":"none","detail-type":null,"messageId":"m-1"}`, "", false}}, "null"},
		{"what is no JSON is handed on whole, to be set aside", []byte(`garbage`), []got{{ingress.Bare, "*", "garbage", "", false}}, "null"},
	} {
		k := &keeper{}
		answer, err := invoke(t, k, nil, row.event)
		if err != nil || answer != row.answer {
			t.Errorf("%s: answered %s (%v), want %s", row.why, answer, err, row.answer)
		}
		have := k.got()
		for i := range min(len(have), len(row.want)) {
			if row.want[i].ID == "*" && have[i].ID != "" {
				have[i].ID = "*"
			}
			have[i].Body, row.want[i].Body = compact(have[i].Body), compact(row.want[i].Body)
		}
		if diff := cmp.Diff(row.want, have); diff != "" {
			t.Errorf("%s: %s", row.why, diff)
		}
	}
}

// compact leaves out the white space between the tokens of a sample.
func compact(s string) string {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// Envelopes within envelopes, as topics, queues, buses and buckets are wired in practice.
func TestNested(t *testing.T) {
	t.Parallel()
	objects := bucket{"archive/in/1.json": one + "\n" + two + "\n"}
	both := []string{one, two}
	batch := func(messages ...string) string {
		d := events.CloudwatchLogsData{MessageType: "DATA_MESSAGE", LogGroup: "g"}
		for i, m := range messages {
			d.LogEvents = append(d.LogEvents, events.CloudwatchLogsLogEvent{ID: "l" + itoa(i), Message: m})
		}
		return packed(string(marshal(t, d)))
	}
	for _, row := range []struct {
		why   string
		event any
		want  []string
	}{
		{"SNS in SQS", sqs(notification(t, one), two), both},
		{"EventBridge in SQS", sqs(`{"version":"0","id":"e","detail-type":"Text Message Delivery Status Updated","source":"aws.sms-voice","time":"2026-11-20T18:20:41Z","detail":` + one + `}`), []string{one}},
		{"EventBridge in SNS in SQS", sqs(notification(t, `{"detail-type":"x","source":"aws.sms-voice","detail":`+one+`}`)), []string{one}},
		{"a notification of S3 in SQS", sqs(string(marshal(t, created("in/1.json")))), both},
		{"a notification of S3 in SNS", sns(string(marshal(t, created("in/1.json")))), both},
		{"a notification of S3 in SNS in SQS", sqs(notification(t, string(marshal(t, created("in/1.json"))))), both},
		{"S3 asking whether it may is no record", sqs(`{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-20T18:20:41.000Z","Bucket":"archive","RequestId":"r","HostId":"h"}`), nil},
		{"log events packed in Firehose", firehose(batch(one, two)), both},
		{"SNS in Firehose", firehose(notification(t, one)), []string{one}},
		{"log events in S3", created("packed"), both},
	} {
		objects["archive/packed"] = batch(one, two)
		k := &keeper{}
		if _, err := invoke(t, k, objects, row.event); err != nil {
			t.Errorf("%s: %v", row.why, err)
		}
		if diff := cmp.Diff(row.want, k.bodies()); diff != "" {
			t.Errorf("%s: %s", row.why, diff)
		}
	}
}

// The text of a person is never opened as an envelope, whatever they write.
func TestTextsAreNotEnvelopes(t *testing.T) {
	t.Parallel()
	inbound := string(marshal(t, map[string]string{"messageBody": `{"Type":"Notification","TopicArn":"a","Message":"STOP","Records":[{"s3":{}}],"logEvents":[],"detail-type":"x"}`}))
	k := &keeper{}
	if _, err := invoke(t, k, nil, sqs(inbound, notification(t, inbound))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{inbound, inbound}, k.bodies()); diff != "" {
		t.Error(diff)
	}
}

// The same event again has the same ids, and the records keep their order.
func TestIDsAreStable(t *testing.T) {
	t.Parallel()
	objects := bucket{"archive/a": one + two + "garbage\n" + one}
	for name, event := range map[string]any{
		"firehose": firehose(one+two, "", one+"\nnot JSON\n"+two, "garbage"),
		"logs":     logs(t, events.CloudwatchLogsData{MessageType: "DATA_MESSAGE", LogEvents: []events.CloudwatchLogsLogEvent{{Message: one}, {Message: two}}}),
		"s3":       created("a", "a%2Bb"),
		"queue":    sqs(one, string(marshal(t, created("a"))), two),
		"bare":     []byte(one),
	} {
		objects["archive/a+b"] = one
		first, again := &keeper{}, &keeper{}
		if _, err := invoke(t, first, objects, event); err != nil {
			t.Fatal(err)
		}
		if _, err := invoke(t, again, objects, event); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.got(), again.got()); diff != "" || len(first.records) == 0 {
			t.Errorf("%s: %s", name, diff)
		}
		ids := map[string]bool{}
		for _, r := range first.records {
			if key := string(r.Source) + r.ID; ids[key] || r.ID == "" {
				t.Errorf("%s: the id %q stands for two records", name, r.ID)
			} else {
				ids[key] = true
			}
		}
	}
}

// What is no JSON is no event, however much it looks like one: Lambda hands none over, and nothing of it is lost.
func TestBrokenEvents(t *testing.T) {
	t.Parallel()
	for _, event := range []string{
		`{"Records":[{"eventSource":"aws:sqs"},{"messageId":"q0","body":"BAD"`, `{"records":[{"recordId":"f0","data":000`,
		`{"Records":[{"messageId":"q0","eventSource":"aws:sqs","body":"x"}]} {}`, `{"awslogs":{"data":"H4sI`, `{"detail-type":"x","detail":{}`,
	} {
		k := &keeper{}
		answer, err := invoke(t, k, nil, []byte(event))
		if err != nil || answer != "null" || len(k.records) != 1 || string(k.records[0].Body) != event {
			t.Errorf("%s: answered %s (%v): %+v", event, answer, err, k.got())
		}
	}
}

// Messages of any size, with and without the SNS envelope, do not come into each other's way, in an event of few or
// of many.
func TestEachBodyIsItsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 30, 700, 1000, 1100, 3000, 9000}), 1, 100).Draw(rt, "sizes")
		var want, bodies []string
		for i, size := range sizes {
			m := fmt.Sprintf(`{"messageId":"m-%d","text":"%s"}`, i, strings.Repeat(string(rune('a'+i%26)), size))
			want = append(want, m)
			if rapid.Bool().Draw(rt, "enveloped") {
				m = notification(t, m)
			}
			bodies = append(bodies, m)
		}
		k := &keeper{}
		if _, err := invoke(t, k, nil, sqs(bodies...)); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, k.bodies()); diff != "" {
			rt.Fatal(diff)
		}
	})
}
