package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/neighbours"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/store"
)

const replayRules = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: acme
    identities: ["+12065550100"]
  free:
    brand: Acme
    optOutList: free
    identities: ["+18005550100"]
`

// replayStage is a database with rules, and an account next to it with a stack.
type replayStage struct {
	db              *store.Store
	aws             *neighbours.AWS
	inbound, events string // dead-letter queues
}

func newReplayStage(t *testing.T) *replayStage {
	t.Helper()
	url := dbtest.New(t) // before the variable is set: it would be taken for the server of the tests
	t.Setenv("DATABASE_URL", url)
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	rules, findings := program.Parse("heed.yaml", []byte(replayRules))
	if rules == nil {
		t.Fatal(findings)
	}
	if _, _, err := db.ApplyRuleset(context.Background(), []byte(replayRules), rules.Settings(), "test", time.Now().AddDate(0, -1, 0)); err != nil {
		t.Fatal(err)
	}
	s := &replayStage{db: db, aws: neighbours.New(neighbours.Options{})}
	server := httptest.NewServer(s.aws)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
	} {
		t.Setenv(name, value)
	}
	s.inbound, s.events = s.aws.AddQueue("dead-inbound", nil), s.aws.AddQueue("dead-events", nil)
	s.aws.SetStack("heed", map[string]string{
		"InboundTopicArn": "arn:t", "InboundQueueUrl": "https://q", "InboundDeadLettersUrl": s.inbound, "EventsDeadLettersUrl": s.events,
		"ArchiveBucketName": "archive",
	})
	return s
}

// texts is a payload of the two-way topic in the envelope of SNS, as a dead letter has it.
func textAt(id, contact, body string, at time.Time) string {
	return notified(bareText(id, contact, body), at)
}

func bareText(id, contact, body string) string {
	return fmt.Sprintf(`{"originationNumber":%q,"destinationNumber":%q,"messageKeyword":"KEYWORD_111122223333","messageBody":%q,"inboundMessageId":%q}`, contact, acme, body, id)
}

func notified(message string, at time.Time) string {
	b, err := json.Marshal(map[string]string{
		"Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:us-east-1:111122223333:t", "Message": message, "Timestamp": at.UTC().Format("2006-01-02T15:04:05.000Z"),
	})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// deliveryOf is the nth delivery event of a made-up history: several events a message, some that say something of the person.
func deliveryOf(n int, at time.Time) string {
	message, kind, status, final, identity := n/3, "TEXT_QUEUED", "QUEUED", false, "+12065550100"
	switch {
	case n%3 == 1:
		kind, status = "TEXT_SENT", "SENT"
	case n%3 == 2 && message%50 == 7:
		kind, status, final, identity = "TEXT_BLOCKED", "BLOCKED", true, "+18005550100"
	case n%3 == 2 && message%50 == 9:
		kind, status, final = "TEXT_INVALID", "INVALID", true
	case n%3 == 2:
		kind, status, final = "TEXT_DELIVERED", "DELIVERED", true
	}
	requested := at.Add(time.Duration(message) * 40 * time.Millisecond)
	return fmt.Sprintf(`{"eventType":%q,"eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,"originationPhoneNumber":%q,"destinationPhoneNumber":"+1425555%04d","isoCountryCode":"US","mcc":"310","mnc":"800","carrierName":"Carrier","messageId":"m-%d","messageRequestTimestamp":%d,"messageEncoding":"GSM","messageType":"TRANSACTIONAL","messageStatus":%q,"messageStatusDescription":"of it","context":{"heed_program":"alerts","campaign":"c%d"},"totalMessageParts":1,"totalMessagePrice":0.00581,"totalCarrierFee":0.003}`,
		kind, requested.Add(time.Duration(n%3)*time.Second).UnixMilli(), final, identity, message%10000, message, requested.UnixMilli(), status, message%7)
}

func packed(t testing.TB, lines string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, lines); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// allTables are the fingerprints of all tables that are not empty. Nothing is left out.
func allTables(t testing.TB, db *store.Store) map[string]string {
	t.Helper()
	ctx := context.Background()
	rows, err := db.Pool().Query(ctx, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'heed'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	all := map[string]string{}
	for _, name := range names {
		var n int
		var sum *string
		if err := db.Pool().QueryRow(ctx, `SELECT count(*), md5(string_agg(h, '' ORDER BY h)) FROM (SELECT md5(x::text) AS h FROM heed.`+name+` x) x`).Scan(&n, &sum); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			all[name] = fmt.Sprintf("%d rows, %s", n, *sum)
		}
	}
	return all
}

func heldBy(t testing.TB, db *store.Store, query string) string {
	t.Helper()
	var got string
	if err := db.Pool().QueryRow(context.Background(), `SELECT coalesce(string_agg(x::text, ' ' ORDER BY x::text), '') FROM (`+query+`) x`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// A hundred thousand archived events, replayed twice, give the same tables as once: every table, every column.
func TestReplayTwiceIsOnce(t *testing.T) {
	s := newReplayStage(t)
	const events, objects = 100_000, 50
	begin := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -2)
	for o := range objects {
		var lines strings.Builder
		for n := o * events / objects; n < (o+1)*events/objects; n++ {
			lines.WriteString(deliveryOf(n, begin))
			if n%2 == 0 {
				lines.WriteByte('\n') // Firehose writes a newline only where it is told to
			}
		}
		s.aws.PutObject("archive", fmt.Sprintf("events/%s/stream-1-%04d.gz", begin.Add(time.Duration(o)*time.Hour).Format("2006/01/02/15"), o), packed(t, lines.String()))
	}
	now := time.Now().UTC().Truncate(time.Second)
	replayed := func() map[string]string {
		started := time.Now()
		code, out, errs := heed(t, "", "replay", "--source", "s3", "--rate", "0")
		took := time.Since(started)
		if code != 0 {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
		t.Logf("%d events in %s, %.0f a second\n%s", events, took.Round(time.Millisecond), events/took.Seconds(), out)
		started = time.Now()
		defer func() { t.Logf("counted and compared in %s", time.Since(started).Round(time.Millisecond)) }()
		for more := true; more; {
			r, err := s.db.RefreshDelivery(context.Background(), now)
			if err != nil {
				t.Fatal(err)
			}
			more = r.More
		}
		for more := true; more; {
			var err error
			if more, err = s.db.RefreshDetails(context.Background(), now, true); err != nil {
				t.Fatal(err)
			}
		}
		return allTables(t, s.db)
	}
	once := replayed()
	for table, want := range map[string]string{"delivery_event": "100000 rows", "message": "33334 rows", "consent_event": "667 rows", "suspension": "667 rows"} {
		if !strings.HasPrefix(once[table], want) {
			t.Errorf("%s holds %s, want %s", table, once[table], want)
		}
	}
	if diff := cmp.Diff(once, replayed()); diff != "" {
		t.Errorf("twice is not once (-once +twice):\n%s", diff)
	}
}

// Each row: what is in the two dead-letter queues, and what the database holds when they were replayed, twice.
func TestReplayDeadLetters(t *testing.T) {
	s := newReplayStage(t)
	week := time.Now().AddDate(0, 0, -7)
	s.aws.Send(s.inbound,
		textAt("1", ann, "STOP", week), textAt("2", bob, "HELP", time.Now().Add(-time.Minute)),
		textAt("3", "+14255550103", "STOP", time.Now().Add(-time.Minute)), "no JSON at all", textAt("4", bob, "hello", week))
	for n := range 31 {
		s.aws.Send(s.events, notified(deliveryOf(n, week), week))
	}
	s.aws.Send(s.events, textAt("5", "+14255550105", "STOP", week)) // it went to the wrong topic
	before := allTables(t, s.db)
	code, out, errs := heed(t, "", "replay", "--source", "dlq", "--dry-run", "--json")
	var told replayTold
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if told.Inputs != 37 || told.TextsNew != 5 || told.EventsNew != 31 || told.Unread != 1 {
		t.Errorf("a dry run tells %+v", told)
	}
	if diff := cmp.Diff(before, allTables(t, s.db)); diff != "" || len(s.aws.Bodies(s.inbound)) != 5 {
		t.Errorf("a dry run changed something: %s", diff)
	}
	code, out, errs = heed(t, "", "replay", "--source", "dlq", "--limit", "2")
	if code != 0 || len(s.aws.Bodies(s.inbound)) != 3 {
		t.Errorf("two of them: exit %d, left are %d\n%s%s", code, len(s.aws.Bodies(s.inbound)), out, errs)
	}
	code, out, errs = heed(t, "", "replay", "--source", "dlq")
	if code != 1 || !strings.Contains(out, "parked: malformed_json") || len(s.aws.Bodies(s.inbound))+len(s.aws.Bodies(s.events)) != 0 {
		t.Errorf("exit %d, left are %v\n%s%s", code, s.aws.Bodies(s.inbound), out, errs)
	}
	for query, want := range map[string]string{
		// What they texted, and what follows: the old STOP counts, without a word to them; a fresh one is confirmed.
		`SELECT inbound_message_id, verdict FROM heed.inbound`:                                                                              "(1,opt_out) (2,help) (3,opt_out) (4,none) (5,opt_out)",
		`SELECT inbound_message_id, kind, o.state, error FROM heed.outbox o JOIN heed.inbound i USING (contact)`:                            `(1,reply,expired,"withheld: too_late") (1,sync_optout,planned,) (2,reply,planned,) (3,reply,planned,) (3,sync_optout,planned,) (4,reply,planned,) (5,reply,expired,"withheld: too_late") (5,sync_optout,planned,)`,
		`SELECT date_trunc('second', said_at) = '` + week.UTC().Format(time.RFC3339) + `' FROM heed.inbound WHERE inbound_message_id = '1'`: "(t)",
		`SELECT source, reason FROM heed.parked`:                                                                                            "(sqs,malformed_json)",
		`SELECT count(*) FROM heed.delivery_event`:                                                                                          "(31)",
		`SELECT count(*) FROM heed.message`:                                                                                                 "(11)",
		`SELECT count(*) FROM heed.rollup_mark WHERE duplicates > 0`:                                                                        "(0)",
	} {
		if got := heldBy(t, s.db, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	if code, out, errs = heed(t, "", "replay", "--source", "dlq"); code != 0 || !strings.HasPrefix(out, "0 records") {
		t.Errorf("nothing is left: exit %d\n%s%s", code, out, errs)
	}
}

// A STOP that is replayed does not undo the START behind it, and a START that is replayed not the STOP behind it.
func TestReplayOfOldTextsUndoesNothing(t *testing.T) {
	s := newReplayStage(t)
	week := time.Now().AddDate(0, 0, -7)
	s.aws.Send(s.inbound, textAt("1", ann, "START", week.Add(time.Hour)), textAt("2", bob, "STOP", week.Add(time.Hour)))
	if code, out, errs := heed(t, "", "replay", "--source", "dlq"); code != 0 {
		t.Fatal(out, errs)
	}
	s.aws.Send(s.inbound, textAt("3", ann, "STOP", week), textAt("4", bob, "START", week))
	if code, out, errs := heed(t, "", "replay", "--source", "dlq"); code != 0 {
		t.Fatal(out, errs)
	}
	if got, want := heldBy(t, s.db, `SELECT contact, state FROM heed.consent`), "("+ann+",opted_in) ("+bob+",opted_out)"; got != want {
		t.Errorf("consent is %s, want %s", got, want)
	}
	if got := heldBy(t, s.db, `SELECT error FROM heed.outbox WHERE kind = 'reply' AND state <> 'expired'`); got != "" {
		t.Errorf("somebody gets an answer to a text of last week: %s", got)
	}
}

// Each row of the table of parked inputs, and what a replay makes of it.
func TestReplayParked(t *testing.T) {
	s := newReplayStage(t)
	hour := time.Now().Add(-time.Hour).UTC().Truncate(time.Microsecond)
	for _, p := range []struct {
		source, id, reason, body, encoding string
	}{
		{"sqs", "stop", "not_json", bareText("1", ann, "STOP"), "utf8"},
		{"sqs", "start", "not_json", bareText("2", bob, "START"), "utf8"},
		{"sns", "no-id", "not_json", `{"originationNumber":"+14255550103","destinationNumber":"+12065550100","messageBody":"STOP"}`, "utf8"},
		{"sqs", "event", "not_inbound", deliveryOf(2, hour), "utf8"},
		{"firehose", "still", "old_reason", `{"originationNumber":`, "utf8"},
		{"firehose", "bytes", "old_reason", base64.StdEncoding.EncodeToString([]byte{0xff, 0xfe, 0xfd}), "base64"},
		{"firehose", "packed", "old_reason", base64.StdEncoding.EncodeToString(packed(t, deliveryOf(5, hour))), "base64"},
		{"sqs", "empty", "old_reason", "", "utf8"},
		{"sqs", "other", "left_alone", bareText("9", bob, "STOP"), "utf8"},
	} {
		if _, err := s.db.Pool().Exec(context.Background(), `INSERT INTO heed.parked (source, source_id, reason, body, encoding, parked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			p.source, p.id, p.reason, p.body, p.encoding, hour); err != nil {
			t.Fatal(err)
		}
	}
	before := allTables(t, s.db)
	args := []string{"replay", "--source", "parked", "--reason", "not_json", "--reason", "not_inbound", "--reason", "old_reason", "--since", "2h"}
	code, out, errs := heed(t, "", append(args, "--dry-run")...)
	if diff := cmp.Diff(before, allTables(t, s.db)); diff != "" || code != 0 {
		t.Errorf("a dry run: exit %d, %s%s%s", code, out, errs, diff)
	}
	for range 2 {
		if code, out, errs = heed(t, "", args...); code != 1 {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
		for query, want := range map[string]string{
			`SELECT source_id, reason FROM heed.parked WHERE replayed_at IS NULL`: "(bytes,malformed_json) (empty,malformed_envelope) (other,left_alone) (start,not_json) (still,malformed_json)",
			`SELECT source_id FROM heed.parked WHERE replayed_at IS NOT NULL`:     "(event) (no-id) (packed) (stop)",
			`SELECT count(*) FROM heed.parked`:                                    "(9)",
			// A STOP counts from when it was received. A START is left: it may have been said before a STOP.
			`SELECT inbound_message_id, contact, said_at = '` + hour.Format(time.RFC3339Nano) + `' FROM heed.inbound`: "(1," + ann + ",t) (sns:no-id,+14255550103,t)",
			`SELECT state, error FROM heed.outbox WHERE kind = 'reply'`:                                               `(expired,"withheld: too_late") (expired,"withheld: too_late")`,
			`SELECT message_id FROM heed.delivery_event`:                                                              "(m-0) (m-1)",
		} {
			if got := heldBy(t, s.db, query); got != want {
				t.Errorf("%s\n got %s\nwant %s", query, got, want)
			}
		}
	}
	if !strings.Contains(out, "left, because nobody knows when they were said") {
		t.Errorf("it does not tell of the START:\n%s", out)
	}
	id := strings.Trim(heldBy(t, s.db, `SELECT id FROM heed.parked WHERE source_id = 'start'`), "()")
	if code, out, errs = heed(t, "", "replay", "--source", "parked", "--id", id, "--said-at", "3h"); code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if got, want := heldBy(t, s.db, `SELECT contact, state FROM heed.consent WHERE contact = '`+bob+`'`), "("+bob+",opted_in)"; got != want {
		t.Errorf("when it was said is told: %s, want %s", got, want)
	}
}

// Objects of every odd kind: what can be read is kept, what cannot is parked or told of, and nothing is lost in silence.
func TestReplayOddObjects(t *testing.T) {
	s := newReplayStage(t)
	at := time.Now().UTC().Add(-26 * time.Hour)
	key := func(n string, hours int) string {
		return "events/" + at.Add(time.Duration(hours)*time.Hour).Format("2006/01/02/15") + "/" + n
	}
	whole := packed(t, deliveryOf(0, at)+"\n"+deliveryOf(1, at)+"\n"+strings.Repeat(deliveryOf(2, at)+"\n", 2000))
	s.aws.PutObject("archive", key("a+pack ed#1%2F@7.gz", 0), packed(t, deliveryOf(3, at)+deliveryOf(4, at)))
	s.aws.PutObject("archive", key("b-plain", 0), []byte(deliveryOf(5, at)+"\nnot JSON\n"+deliveryOf(6, at)))
	s.aws.PutObject("archive", key("c-empty", 0), nil)
	s.aws.PutObject("archive", key("d-cut.gz", 0), whole[:len(whole)-20])
	s.aws.PutObject("archive", key("e-endless", 0), append(bytes.Repeat([]byte("x"), 300<<20), "\n"+deliveryOf(7, at)...))
	s.aws.PutObject("archive", key("f-early", -6), []byte(deliveryOf(100, at)))
	s.aws.PutObject("archive", key("g-late", 6), []byte(deliveryOf(101, at)))
	s.aws.PutObject("archive", "events/no-hour", []byte(deliveryOf(102, at)))
	// What no function took, as Firehose writes it: a value of ours, two of them, and something else.
	failed := func(data string) string {
		return fmt.Sprintf(`{"attemptsMade":4,"arrivalTimestamp":%d,"errorCode":"Lambda.FunctionError","errorMessage":"m","attemptEndingTimestamp":%d,"rawData":%q,"lambdaArn":"arn:l"}`,
			at.UnixMilli(), at.UnixMilli(), base64.StdEncoding.EncodeToString([]byte(data)))
	}
	s.aws.PutObject("archive", "failed/processing-failed/"+at.Format("2006/01/02/15")+"/x", []byte(failed(deliveryOf(8, at))+"\n"+failed(deliveryOf(9, at)+deliveryOf(10, at))+"\n"))
	since, until := at.Truncate(time.Hour).Format(time.RFC3339), at.Truncate(time.Hour).Add(time.Hour).Format(time.RFC3339)
	position := filepath.Join(t.TempDir(), "position")
	code, out, errs := heed(t, "", "replay", "--source", "s3", "--since", since, "--until", until, "--resume", position)
	if code != 1 || !strings.Contains(out, "left: "+key("d-cut.gz", 0)+": ") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs = heed(t, "", "replay", "--source", "s3", "--prefix", "failed/", "--since", since); code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if _, _, errs = heed(t, "", "replay", "--source", "s3", "--since", "1h"); !strings.Contains(errs, "1 object has no hour") {
		t.Errorf("it does not tell what has no hour: %s", errs)
	}
	for query, want := range map[string]string{
		`SELECT message_id, event_type FROM heed.delivery_event`: "(m-0,TEXT_DELIVERED) (m-0,TEXT_QUEUED) (m-0,TEXT_SENT) (m-1,TEXT_DELIVERED) (m-1,TEXT_QUEUED) (m-1,TEXT_SENT) " +
			"(m-2,TEXT_DELIVERED) (m-2,TEXT_QUEUED) (m-2,TEXT_SENT) (m-3,TEXT_QUEUED) (m-3,TEXT_SENT)",
		`SELECT source, reason, body FROM heed.parked`: fmt.Sprintf(`(s3,malformed_envelope,"not JSON") (s3,malformed_envelope,s3://archive/%s@0)`, key("e-endless", 0)),
	} {
		if got := heldBy(t, s.db, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	// The object is mended, and the same command takes what was left.
	s.aws.PutObject("archive", key("d-cut.gz", 0), whole)
	if code, out, errs = heed(t, "", "replay", "--source", "s3", "--since", since, "--until", until, "--resume", position); code != 1 || strings.Contains(out, "left: ") {
		t.Errorf("exit %d (what was parked before is told again)\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(position); !os.IsNotExist(err) {
		t.Errorf("the position is still there: %v", err)
	}
}

// Files as people save them, packed or not, one behind the other, and standard input.
func TestReplayFiles(t *testing.T) {
	s := newReplayStage(t)
	dir, at := t.TempDir(), time.Now().Add(-48*time.Hour)
	lambda, err := json.Marshal(map[string]any{"Records": []any{
		map[string]any{"messageId": "a", "eventSource": "aws:sqs", "body": textAt("1", ann, "STOP", at), "attributes": map[string]string{"SentTimestamp": "1"}},
		map[string]any{"messageId": "b", "eventSource": "aws:sqs", "body": notified(deliveryOf(0, at), at)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	firehose, err := json.Marshal(map[string]any{"invocationId": "i", "records": []any{map[string]any{"recordId": "r", "data": []byte(deliveryOf(1, at))}}})
	if err != nil {
		t.Fatal(err)
	}
	logs, err := json.Marshal(map[string]any{"awslogs": map[string]any{"data": packed(t, `{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{"id":"1","timestamp":1,"message":`+string(quote(t, deliveryOf(2, at)))+`}]}`)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"events.json": bytes.Join([][]byte{lambda, firehose, logs}, []byte("\n")), "lines.gz": packed(t, deliveryOf(3, at)+"\n"+deliveryOf(4, at)+"\n"),
		"pretty.json": []byte("{\n  \"originationNumber\": \"" + bob + "\",\n  \"destinationNumber\": \"" + acme + "\",\n  \"messageBody\": \"STOP\"\n}\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := heed(t, "", "replay", "--source", "file", filepath.Join(dir, "*.json"), filepath.Join(dir, "lines.gz"))
	if code != 1 || !strings.Contains(out, "left, because nobody knows") {
		t.Errorf("a text without a time: exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs = heed(t, "", "replay", "--source", "file", "--said-at", "3d", filepath.Join(dir, "*")); code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs = heed(t, deliveryOf(5, at), "replay", "--source", "file", "-"); code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	for query, want := range map[string]string{
		`SELECT contact, state, now() - since > interval '47 hours' FROM heed.consent WHERE program = 'alerts'`: "(" + ann + ",opted_out,t) (" + bob + ",opted_out,t)",
		`SELECT count(*) FROM heed.delivery_event`:                                                              "(6)",
		`SELECT count(*) FROM heed.inbound`:                                                                     "(2)",
		`SELECT reason FROM heed.parked`:                                                                        "",
	} {
		if got := heldBy(t, s.db, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"--source file", "name the files"},
		{"--source dlq x.json", "files: only with --source file"},
		{"--source parked --resume p", "--resume: only with --source s3 or file"},
		{"--source s3 --since 1d --until 2d", "there is no time between"},
		{"--source s3 --dry-run --resume p", "keeps no position"},
		{"--source file --said-at 2036-01-01 " + dir, "in the future"},
		{"--source file " + dir, "no file"},
		{"--source file " + dir + "/none*", "no file is meant"},
		{"--source nowhere", "must be one of"},
	} {
		if code, out, errs := heed(t, "", append([]string{"replay"}, strings.Fields(c.args)...)...); code != 2 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, want %q in\n%s%s", c.args, code, c.want, out, errs)
		}
	}
}

func quote(t *testing.T, s string) []byte {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A replay that was interrupted, or limited, goes on where it was with the same command, and tells the whole at the end.
func TestReplayGoesOn(t *testing.T) {
	s := newReplayStage(t)
	at := time.Now().UTC().Add(-26 * time.Hour)
	for o := range 3 {
		var lines []string
		for n := range 100 {
			lines = append(lines, deliveryOf(100*o+n, at))
		}
		s.aws.PutObject("archive", fmt.Sprintf("events/%s/%d", at.Format("2006/01/02/15"), o), []byte(strings.Join(lines, "\n")))
	}
	position := filepath.Join(t.TempDir(), "position")
	args := []string{"replay", "--source", "s3", "--resume", position, "--limit", "130"}
	var told []string
	for range 3 {
		code, out, errs := heed(t, "", args...)
		if code != 0 {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
		told = append(told, heldBy(t, s.db, `SELECT count(*) FROM heed.delivery_event`))
	}
	// The last record of a run is done once more by the next: it may have held several.
	if want := []string{"(130)", "(259)", "(300)"}; !slices.Equal(told, want) {
		t.Errorf("recorded are %v, want %v", told, want)
	}
	if _, err := os.Stat(position); !os.IsNotExist(err) {
		t.Errorf("the position is still there: %v", err)
	}
	if err := os.WriteFile(position, []byte(`{"of":{"source":"file"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := heed(t, "", args...); code != 2 || !strings.Contains(errs, "was begun with") {
		t.Errorf("a position of another replay: exit %d, %s", code, errs)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"replay", "--source", "parked"}, terminal{strings.NewReader(""), &out, &errs}); code != 1 {
		t.Errorf("interrupted: exit %d, %s", code, errs.String())
	}
}
