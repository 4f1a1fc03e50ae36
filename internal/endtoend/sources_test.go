package endtoend

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// source makes the event in which a source of AWS hands a payload to a function, with a malformed record beside it
// where the source takes several, and knows what it waits for in return.
type source struct {
	name     string
	event    func(s *stage, payload, poison string) []byte
	check    func(t *testing.T, answer []byte, payload string)
	poisoned bool // the event holds the malformed record as well
}

func sources() []source {
	silent := func(t *testing.T, answer []byte, _ string) {
		if string(answer) != "null" {
			t.Errorf("answer %s, want null", answer)
		}
	}
	allKept := func(t *testing.T, answer []byte, _ string) {
		var r events.SQSEventResponse
		if err := json.Unmarshal(answer, &r); err != nil || len(r.BatchItemFailures) != 0 || !bytes.Contains(answer, []byte("batchItemFailures")) {
			t.Errorf("answer %s (%v), want no failures", answer, err)
		}
	}
	untouched := func(t *testing.T, answer []byte, payload string) {
		var r events.KinesisFirehoseResponse
		if err := json.Unmarshal(answer, &r); err != nil || len(r.Records) != 3 {
			t.Fatalf("answer %s (%v), want 3 records", answer, err)
		}
		for i, want := range []string{payload + "\n", "{poison\n", payload + payload + "\n\n"} {
			if r.Records[i].Result != "Ok" || string(r.Records[i].Data) != want || r.Records[i].RecordID == "" {
				t.Errorf("record %d: %+v, want Ok with %q", i, r.Records[i], want)
			}
		}
	}
	notification := func(s *stage, payload string) simulator.Notification {
		return s.double.Publish(context.Background(), twoWay, payload)
	}
	return []source{
		{"SNS", func(s *stage, p, _ string) []byte { return notification(s, p).SNSLambdaEvent() }, silent, false},
		{"SQS with the SNS envelope", func(s *stage, p, poison string) []byte {
			return s.double.SQSEvent(queue, notification(s, poison).SQSRecord(false), notification(s, p).SQSRecord(false))
		}, allKept, true},
		{"SQS raw", func(s *stage, p, poison string) []byte {
			return s.double.SQSEvent(queue, notification(s, poison).SQSRecord(true), notification(s, p).SQSRecord(true))
		}, allKept, true},
		{"Firehose", func(s *stage, p, poison string) []byte {
			return s.double.FirehoseEvent(stream, []byte(p), []byte(poison), []byte(p+p+"\n\n"))
		}, untouched, true},
		{"CloudWatch Logs", func(s *stage, p, poison string) []byte { return s.double.LogsEvent("/sms", false, p, poison) }, silent, true},
		{"S3", func(s *stage, p, poison string) []byte {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			fmt.Fprintf(w, "%s%s\n%s\n", p, p, poison)
			_ = w.Close()
			s.objects["/archive/2026/11/22/sms events+1"] = b.Bytes()
			return s.double.S3Event("archive", "2026/11/22/sms events+1", int64(b.Len()))
		}, silent, true},
		{"a bare payload", func(_ *stage, p, _ string) []byte { return []byte(p) }, silent, false},
	}
}

// A STOP arrives by each source in turn: recorded, confirmed, listed, answered as the source expects, and the same
// again changes nothing.
func TestInboundFromEverySource(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	f := s.start("inbound", s.dbURL, 20*time.Second)
	for i, src := range sources() {
		contact := fmt.Sprintf("+1425555010%d", i)
		payload := stop(contact, fmt.Sprintf("in-%d", i))
		event := src.event(s, payload, "{poison")
		parked := s.value(`SELECT count(*) FROM heed.parked`)
		for range 2 {
			answer, err := f.Invoke(context.Background(), event)
			if err != nil {
				t.Fatalf("%s: %v\n%s", src.name, err, s.logs.String())
			}
			src.check(t, answer, payload)
		}
		s.want(`SELECT count(*) || ' ' || min(verdict) || ' ' || min(variant) FROM heed.inbound WHERE contact = $1`, "1 opt_out sms", contact)
		s.want(`SELECT state || ' ' || aws_state FROM heed.consent WHERE contact = $1 AND program = 'alerts'`, "opted_out in_sync", contact)
		s.want(`SELECT string_agg(kind || ' ' || state, ', ' ORDER BY seq) FROM heed.outbox WHERE contact = $1`, "reply done, sync_optout done", contact)
		if inbox := s.double.Inbox(sms.Phone(contact)); len(inbox) != 1 || !strings.HasPrefix(inbox[0].Body, "Acme: You are opted out") {
			t.Errorf("%s: inbox %+v, want the confirmation once", src.name, inbox)
		}
		if !s.double.OptedOut("alerts", sms.Phone(contact)) {
			t.Errorf("%s: AWS's list does not have %s", src.name, contact)
		}
		if src.poisoned == (s.value(`SELECT count(*) FROM heed.parked`) == parked) {
			t.Errorf("%s: parked rows went from %s to %s", src.name, parked, s.value(`SELECT count(*) FROM heed.parked`))
		}
	}
	s.wantCalls("SendTextMessage", len(sources()))
	s.wantCalls("PutOptedOutNumber", len(sources()))
	s.wantNobodyInTheLogs()
}

// A delivery event arrives by each source: one event, one message, whatever the way, twice.
func TestEventsFromEverySource(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	f := s.start("events", s.dbURL, 20*time.Second)
	for i, src := range sources() {
		message := fmt.Sprintf("m-%d", i)
		payload := delivered(message)
		event := src.event(s, payload, "{poison")
		for range 2 {
			answer, err := f.Invoke(context.Background(), event)
			if err != nil {
				t.Fatalf("%s: %v\n%s", src.name, err, s.logs.String())
			}
			src.check(t, answer, payload)
		}
		s.want(`SELECT count(*) FROM heed.delivery_event WHERE message_id = $1`, "1", message)
		s.want(`SELECT status || ' ' || program || ' ' || price || ' ' || (delivered_at IS NOT NULL) FROM heed.message WHERE message_id = $1`, "delivered alerts 0.00581 true", message)
	}
	bridge, err := s.double.EventBridgeEvent([]byte(delivered("m-bridge")))
	must(t, err)
	registration, err := s.double.EventBridgeEvent([]byte(`{"registrationDetails":{"registrationId":"registration-1","currentStatus":"COMPLETE"},"registrationArn":"arn:aws:sms-voice:us-east-1:111122223333:registration/1"}`))
	must(t, err)
	parked := s.value(`SELECT count(*) FROM heed.parked`)
	for _, event := range [][]byte{bridge, registration, s.double.LogsEvent("/sms", true, "CWL CONTROL MESSAGE: Checking health of destination Lambda.")} {
		answer, err := f.Invoke(context.Background(), event)
		if err != nil || string(answer) != "null" {
			t.Errorf("answer %s, %v", answer, err)
		}
	}
	s.want(`SELECT status FROM heed.message WHERE message_id = 'm-bridge'`, "delivered")
	s.want(`SELECT count(*) FROM heed.parked`, parked)
	if !strings.Contains(s.logs.String(), `"ignored":1`) {
		t.Error("the registration change was not counted")
	}
	s.wantNobodyInTheLogs()
}

// Postgres is away: every message goes back to its queue, by name, and nothing is lost when it returns.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	away := s.start("inbound", "postgres://nobody@127.0.0.1:1/heed?connect_timeout=1", 10*time.Second)
	var ids []string
	var batch []simulator.SQSRecord
	for i := range 3 {
		r := s.double.Publish(context.Background(), twoWay, stop(fmt.Sprintf("+1425555012%d", i), fmt.Sprint("away-", i))).SQSRecord(false)
		r.MessageID = fmt.Sprint("sqs-", i)
		batch, ids = append(batch, r), append(ids, r.MessageID)
	}
	answer, err := away.Invoke(context.Background(), s.double.SQSEvent(queue, batch...))
	must(t, err)
	if got := failures(t, answer); !slices.Equal(got, ids) {
		t.Errorf("failures %v, want %v", got, ids)
	}
	if _, err := away.Invoke(context.Background(), s.double.Publish(context.Background(), twoWay, stop("+14255550123", "away-3")).SNSLambdaEvent()); err == nil {
		t.Error("an SNS event was acknowledged without a database")
	}
	back := s.start("inbound", s.dbURL, 10*time.Second)
	answer, err = back.Invoke(context.Background(), s.double.SQSEvent(queue, batch...))
	must(t, err)
	if got := failures(t, answer); len(got) != 0 {
		t.Errorf("failures %v once it is back", got)
	}
	s.want(`SELECT count(*) FROM heed.consent WHERE state = 'opted_out'`, "3")
}

// Close to the deadline nothing new is begun: the messages go back to the queue.
func TestDeadlineNear(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	f := s.start("inbound", s.dbURL, 10*time.Second, "HEED_DEADLINE_MARGIN=30s")
	r := s.double.Publish(context.Background(), twoWay, stop("+14255550131", "late-1")).SQSRecord(false)
	r.MessageID = "sqs-late"
	answer, err := f.Invoke(context.Background(), s.double.SQSEvent(queue, r))
	must(t, err)
	if got := failures(t, answer); !slices.Equal(got, []string{"sqs-late"}) {
		t.Errorf("failures %v, want the message back", got)
	}
	s.want(`SELECT count(*) FROM heed.inbound`, "0")
}

// Settings that cannot work are told all at once, and the function does not start.
func TestSettingsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := startBare(t, &s.logs, "DATABASE_URL=postgres://localhost/x", "DATABASE_IAM_AUTH=true", "LOG_LEVEL=loud", "HEED_PARALLEL_CALLS=0")
	if err == nil {
		t.Fatal("it started")
	}
	for _, want := range []string{"only one of DATABASE_URL", "LOG_LEVEL", "HEED_PARALLEL_CALLS"} {
		if !strings.Contains(s.logs.String()+err.Error(), want) {
			t.Errorf("nothing about %s in: %s %v", want, s.logs.String(), err)
		}
	}
}

func startBare(t *testing.T, out *lockedBuffer, env ...string) (*lambdatest.Function, error) {
	inbound := binary(t, "inbound") // building it may take longer than it may take to start
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return lambdatest.Start(ctx, lambdatest.Config{Binary: inbound, Env: env, Stdout: out, Stderr: out})
}

func failures(t *testing.T, answer []byte) []string {
	t.Helper()
	var r events.SQSEventResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	var ids []string
	for _, f := range r.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}

func (s *stage) wantCalls(operation string, want int) {
	s.t.Helper()
	n := 0
	for _, c := range s.double.Calls() {
		if c.Operation == operation {
			n++
		}
	}
	if n != want {
		s.t.Errorf("%d calls of %s, want %d", n, operation, want)
	}
}

// wantNobodyInTheLogs holds promise 10: no number of a contact and no word of a body in what the workers print.
func (s *stage) wantNobodyInTheLogs() {
	s.t.Helper()
	logs := s.logs.String()
	for _, secret := range []string{"+14255550", "14255550", `Stop `, "opted out and will get", "{poison"} {
		if i := strings.Index(logs, secret); i >= 0 {
			s.t.Errorf("%q is in the logs: …%s…", secret, logs[max(0, i-80):min(len(logs), i+80)])
		}
	}
}
