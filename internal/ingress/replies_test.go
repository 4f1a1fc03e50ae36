package ingress_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
)

func failures(t *testing.T, answer string) []string {
	t.Helper()
	var r events.SQSEventResponse
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	ids := []string{}
	for _, f := range r.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}

// A queue is told which messages have to come again, by the queue's own ids, each once.
func TestSQSFailures(t *testing.T) {
	t.Parallel()
	logged := events.CloudwatchLogsData{MessageType: "DATA_MESSAGE", LogEvents: []events.CloudwatchLogsLogEvent{{ID: "a", Message: "BAD"}, {ID: "b", Message: "BAD"}}}
	twins := sqs("BAD", "BAD")
	twins.Records[1].MessageId = "q0"
	for _, row := range []struct {
		why   string
		event events.SQSEvent
		want  []string
	}{
		{"none", sqs(one, two), []string{}},
		{"one of three", sqs(one, "BAD", two), []string{"q1"}},
		{"all", sqs("BAD", "BAD"), []string{"q0", "q1"}},
		{"not the id of SNS", sqs(notification(t, "BAD")), []string{"q0"}},
		{"a message with two bad payloads once", sqs(one, string(marshal(t, logged))), []string{"q1"}},
		{"two messages of one id, which no queue has, once", twins, []string{"q0"}},
		{"a lost object fails its message only", sqs(one, string(marshal(t, created("gone"))), two), []string{"q1"}},
	} {
		k := &keeper{refused: "BAD"}
		answer, err := invoke(t, k, bucket{}, row.event)
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		if diff := cmp.Diff(row.want, failures(t, answer)); diff != "" {
			t.Errorf("%s: %s", row.why, diff)
		}
	}
}

// What cannot be answered for record by record comes again as a whole.
func TestWholeInvocationFails(t *testing.T) {
	t.Parallel()
	data := events.CloudwatchLogsData{MessageType: "DATA_MESSAGE", LogEvents: []events.CloudwatchLogsLogEvent{{ID: "a", Message: one}, {ID: "b", Message: "BAD"}}}
	for why, event := range map[string]any{
		"SNS":             sns(one, "BAD"),
		"Firehose":        firehose(one, `"BAD"`),
		"CloudWatch Logs": logs(t, data),
		"EventBridge":     []byte(`{"detail-type":"x","source":"aws.sms-voice","detail":{"a":"BAD"}}`),
		"a bare payload":  []byte(`{"a":"BAD"}`),
		"S3":              created("bad"),
		"a message without an id, which the queue could not be told of": []byte(`{"Records":[{"eventSource":"aws:sqs","body":"BAD"}]}`),
	} {
		k := &keeper{refused: "BAD"}
		if answer, err := invoke(t, k, bucket{"archive/bad": `"BAD"`}, event); err == nil {
			t.Errorf("%s: answered %s though a record was not kept", why, answer)
		}
	}
}

// Firehose gets every record back once, in order, untouched but for the newline that keeps records apart in S3.
func TestFirehoseAnswer(t *testing.T) {
	t.Parallel()
	zipped := packed(one)
	rows := []struct{ why, data, back string }{
		{"no newline", one, one + "\n"},
		{"a newline", one + "\n", one + "\n"},
		{"two newlines", one + "\n\n", one + "\n\n"},
		{"several objects", one + two, one + two + "\n"},
		{"several objects in lines", one + "\n" + two, one + "\n" + two + "\n"},
		{"nothing", "", "\n"},
		{"garbage", "{{{\x00\xff", "{{{\x00\xff\n"},
		{"garbage in the middle", one + "\ngarbage\n" + two, one + "\ngarbage\n" + two + "\n"},
		{"packed records stay readable only without it", zipped, zipped},
	}
	var data []string
	for _, row := range rows {
		data = append(data, row.data)
	}
	k := &keeper{}
	answer, err := invoke(t, k, nil, firehose(data...))
	if err != nil {
		t.Fatal(err)
	}
	var r events.KinesisFirehoseResponse
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Records) != len(rows) {
		t.Fatalf("%d records of %d came back", len(r.Records), len(rows))
	}
	for i, row := range rows {
		back := r.Records[i]
		if back.RecordID != "f"+itoa(i) || back.Result != events.KinesisFirehoseTransformedStateOk || string(back.Data) != row.back {
			t.Errorf("%s: %s %s %q, want %q", row.why, back.RecordID, back.Result, back.Data, row.back)
		}
	}
	want := []string{one, one, one, one, two, one, two, "{{{\x00\xff", one, "garbage", two, one}
	if diff := cmp.Diff(want, k.bodies()); diff != "" {
		t.Error(diff)
	}
	for _, r := range k.records {
		if broken := strings.HasPrefix(string(r.Body), "{{{") || string(r.Body) == "garbage"; broken != (r.Malformed != "") {
			t.Errorf("%q: malformed is %q", r.Body, r.Malformed)
		}
	}
}

// A record of an unexpected shape is set aside whole; its neighbours are kept, and every id is answered for.
func TestUnexpectedShapes(t *testing.T) {
	t.Parallel()
	const good = `{"messageId":"q1","body":"{\"messageId\":\"m-1\"}","attributes":{"SentTimestamp":"1795194246010"},"eventSource":"aws:sqs"}`
	for _, odd := range []string{
		`{"messageId":"q0","body":5,"eventSource":"aws:sqs"}`,
		`{"messageId":"q0","body":{"messageId":"m"},"eventSource":"aws:sqs"}`,
		`{"messageId":"q0","body":null,"eventSource":"aws:sqs"}`,
		`{"messageId":"q0","body":"","eventSource":"aws:sqs"}`,
		`{"messageId":"q0","eventSource":"aws:sqs"}`,
		`{"messageId":"q0"}`, `{}`, `7`, `null`, `"text"`, `[1]`,
	} {
		for _, event := range []string{odd + "," + good, good + "," + odd} {
			k := &keeper{}
			answer, err := invoke(t, k, nil, []byte(`{"Records":[`+event+`]}`))
			if err != nil || len(failures(t, answer)) > 0 {
				t.Errorf("%s: answered %s (%v), want success: what can never succeed is set aside", event, answer, err)
			}
			aside, kept := 0, 0
			for _, r := range k.records {
				switch {
				case r.Source == ingress.SQS && r.Malformed != "" && string(r.Body) == odd:
					aside++
				case r.Source == ingress.SQS && r.Malformed == "" && string(r.Body) == one && !r.SaidAt.IsZero():
					kept++
				}
			}
			if aside != 1 || kept != 1 || len(k.records) != 2 {
				t.Errorf("%s: %+v", event, k.got())
			}
		}
	}
	// The body can be read, so the rest of the message's shape is nobody's loss.
	for _, odd := range []string{`"attributes":{"SentTimestamp":1795194246010}`, `"attributes":[]`, `"Sns":5`, `"s3":"x"`} {
		k := &keeper{}
		answer, err := invoke(t, k, nil, []byte(`{"Records":[{"messageId":"q0",`+odd+`,"body":"{\"messageId\":\"m-2\"}","eventSource":"aws:sqs"},`+good+`]}`))
		if diff := cmp.Diff([]string{two, one}, k.bodies()); err != nil || answer != `{"batchItemFailures":[]}` || diff != "" {
			t.Errorf("%s: %s %v %s", odd, answer, err, diff)
		}
	}
	// SNS: the record without its message is set aside, the other is kept.
	for _, odd := range []string{`{"EventSource":"aws:sns"}`, `{"EventSource":"aws:sns","Sns":"x"}`, `{"EventSource":"aws:sns","Sns":{"Message":5}}`, `{"EventSource":"aws:sns","Sns":null}`, `1`} {
		k := &keeper{}
		answer, err := invoke(t, k, nil, []byte(`{"Records":[`+odd+`,{"EventSource":"aws:sns","Sns":{"MessageId":"n1","Message":"{\"messageId\":\"m-1\"}"}}]}`))
		if diff := cmp.Diff([]string{odd, one}, k.bodies()); err != nil || answer != "null" || diff != "" {
			t.Fatalf("%s: %s %v %s", odd, answer, err, diff)
		}
		if k.records[0].Malformed == "" || k.records[0].ID == "" || k.records[1].Malformed != "" {
			t.Errorf("%s: %+v", odd, k.got())
		}
	}
	// Firehose: data that is not base64 cannot be handed back; Firehose keeps what it sent.
	for _, odd := range []string{`{"recordId":"f0","data":"!!!"}`, `{"data":"!!!","recordId":"f0"}`, `{"recordId":"f0","data":5}`} {
		k := &keeper{}
		answer, err := invoke(t, k, nil, []byte(`{"invocationId":"i","records":[`+odd+`,{"recordId":"f1","data":"`+"eyJtZXNzYWdlSWQiOiJtLTEifQ=="+`","approximateArrivalTimestamp":"soon"}]}`))
		var r events.KinesisFirehoseResponse
		if jerr := json.Unmarshal([]byte(answer), &r); err != nil || jerr != nil {
			t.Fatalf("%s: %s %v %v", odd, answer, err, jerr)
		}
		want := []events.KinesisFirehoseResponseRecord{{RecordID: "f0", Result: "ProcessingFailed", Data: []byte{}}, {RecordID: "f1", Result: "Ok", Data: []byte(one + "\n")}}
		if diff := cmp.Diff(want, r.Records); diff != "" {
			t.Errorf("%s: %s", odd, diff)
		}
		if diff := cmp.Diff([]string{odd, one}, k.bodies()); diff != "" || k.records[0].Malformed == "" {
			t.Errorf("%s: %s", odd, diff)
		}
	}
	// Logs that cannot be unpacked are set aside as they came.
	for _, odd := range []string{`{"awslogs":{"data":"!!!"}}`, `{"awslogs":{"data":5}}`, `{"awslogs":{}}`, `{"detail-type":"x"}`} {
		k := &keeper{}
		if _, err := invoke(t, k, nil, []byte(odd)); err != nil || cmp.Diff([]string{odd}, k.bodies()) != "" {
			t.Errorf("%s: %v %+v", odd, err, k.got())
		}
	}
}
