package ingress_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
)

// FuzzInvoke hands anything over as an event: it never panics, a queue is told only of ids it knows and of each
// once, Firehose gets every id back exactly once, and a record that was not kept is never answered well.
func FuzzInvoke(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no samples", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	data := events.CloudwatchLogsData{MessageType: "DATA_MESSAGE", LogEvents: []events.CloudwatchLogsLogEvent{{ID: "l0", Message: "BAD"}}}
	for _, e := range []any{
		sqs(one, "BAD", notification(f, one), string(marshal(f, created("a", "gone")))), sns(one, "BAD"),
		firehose(one, one+two+"\n", "", "BAD", packed(one)), logs(f, data), created("a", "gone"),
	} {
		f.Add(marshal(f, e))
	}
	f.Add([]byte(`{"Records":[{"messageId":"q0","body":5,"eventSource":"aws:sqs"},7,{"messageId":"q0","body":"BAD"}]}`))
	f.Add([]byte(`{"records":[{"recordId":"f0","data":"!"},{"recordId":"f0","data":"e30="},{"data":1}]}`))

	f.Fuzz(func(t *testing.T, payload []byte) {
		k := &keeper{refused: "BAD"}
		answer, err := handler(k, bucket{"archive/a": one + "\nBAD\n"}).Invoke(t.Context(), payload)
		if err != nil {
			return
		}
		withUnknownMember(t, payload, k, answer)
		if !json.Valid(answer) {
			t.Fatalf("answered %q", answer)
		}
		refused := 0
		for _, r := range k.records {
			if strings.Contains(string(r.Body), "BAD") {
				refused++
			}
			if r.ID == "" && r.Source == ingress.Bare {
				t.Errorf("a payload without an id: %q", r.Body)
			}
		}
		switch {
		case strings.HasPrefix(string(answer), `{"batchItemFailures"`):
			told := failures(t, string(answer))
			known := ids(payload, "Records", "messageId")
			seen := map[string]bool{}
			for _, id := range told {
				if seen[id] || known[id] == 0 {
					t.Errorf("the queue is told of %q, of %v", id, known)
				}
				seen[id] = true
			}
			if refused > 0 && len(told) == 0 {
				t.Errorf("%d records were not kept, and the queue was told that all are well", refused)
			}
		case strings.HasPrefix(string(answer), `{"records"`):
			var r events.KinesisFirehoseResponse
			if err := json.Unmarshal(answer, &r); err != nil {
				t.Fatal(err)
			}
			known := ids(payload, "records", "recordId")
			for _, rec := range r.Records {
				if known[rec.RecordID] == 0 {
					t.Errorf("Firehose gets %q, which it does not know or has already got", rec.RecordID)
				}
				delete(known, rec.RecordID)
			}
			if len(known) > 0 || refused > 0 {
				t.Errorf("Firehose does not get %v back; %d records were not kept", known, refused)
			}
		case refused > 0:
			t.Errorf("%d records were not kept, answered %s", refused, answer)
		}
	})
}

// withUnknownMember fails unless an event with one more member, of a name that nobody knows and that takes a decoder
// to read, comes to the same.
func withUnknownMember(t *testing.T, payload []byte, k *keeper, answer []byte) {
	t.Helper()
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(payload), []byte("{"))
	if !ok || !json.Valid(payload) || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("}")) {
		return
	}
	for _, r := range k.records {
		if r.Source == ingress.Bare || r.Source == ingress.EventBridge {
			return // their ids are made of the payload
		}
	}
	other := &keeper{refused: k.refused}
	got, err := handler(other, bucket{"archive/a": one + "\nBAD\n"}).Invoke(t.Context(), append([]byte(`{"\u006fdds":[0],`), rest...))
	if err != nil || !bytes.Equal(got, answer) || !cmp.Equal(k.got(), other.got()) {
		t.Errorf("one member more: answered %s, not %s (%v)\n%s", got, answer, err, cmp.Diff(k.got(), other.got()))
	}
}

// ids are the ids in an event, as the standard library reads them.
func ids(payload []byte, list, member string) map[string]int {
	var e map[string]json.RawMessage
	_ = json.Unmarshal(payload, &e)
	var records []json.RawMessage
	_ = json.Unmarshal(e[list], &records)
	known := map[string]int{}
	for _, raw := range records {
		var r map[string]json.RawMessage
		_ = json.Unmarshal(raw, &r)
		var id string
		if json.Unmarshal(r[member], &id) == nil && id != "" {
			known[id]++
		}
	}
	return known
}
