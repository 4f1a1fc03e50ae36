package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/report"
)

// A message is told from its request to its last word, with what it answers; words only where they are asked for.
func TestMessage(t *testing.T) {
	l := newLife(t)
	l.says(t, "a1", ann, acme, "hours")
	id := l.sent[ann+" 9 to 5"]
	code, out, errs := heed(t, "", "message", id)
	if err := inOrder(out, "Message "+id+": queued: AWS took it, and has not told of it yet", "to           "+ann, "heed's reply", "rule         alerts/keywords[0]", "answers      text a1 to "+acme, "AWS took it"); err != nil || code != 0 || errs != "" {
		t.Errorf("before an event: exit %d, %q, %v", code, errs, err)
	}
	l.delivers(t, id, ann, "PENDING", "SUCCESSFUL", "DELIVERED")
	code, out, _ = heed(t, "", "message", " "+id, "--zone", "America/New_York")
	if err := inOrder(out,
		"Message "+id+": delivered\n", "to           "+ann, "from         "+acme, "program      alerts", "carrier      Example Mobile, US", "kind         parts: 1", "price        0.00581 USD, carrier fee 0.003 USD",
		"2026-11-01 07:01:02 -0500  AWS was asked to send it",
		"+1.0 s  PENDING (sent): as it is, Example Mobile, US  [here -3.0 s]", "+2.0 s  SUCCESSFUL (accepted)", "+3.0 s  DELIVERED (delivered), final",
	); err != nil || code != 0 {
		t.Errorf("exit %d, %v", code, err)
	}
	for _, flags := range [][]string{nil, {"--json"}} {
		if _, out, _ := heed(t, "", append([]string{"message", id}, flags...)...); strings.Contains(out, "hours") || strings.Contains(out, "9 to 5") {
			t.Errorf("%v: words that nobody asked for:\n%s", flags, out)
		}
	}
}

// The words of the person and of heed, as JSON and as text; and what AWS refused.
func TestMessageOfARefusal(t *testing.T) {
	l := newLife(t)
	l.refusal = &types.ConflictException{Reason: types.ConflictExceptionReasonDestinationPhoneNumberNotVerified}
	l.says(t, "a1", ann, acme, "hours")
	var id string
	if err := l.db.Pool().QueryRow(context.Background(), `SELECT message_id FROM heed.message`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	_, out, _ := heed(t, "", "message", id, "--text")
	if err := inOrder(out, "Message "+id+": refused by AWS, it never went out", "failure      DESTINATION_PHONE_NUMBER_NOT_VERIFIED: sandbox", "context      heed_inbound: a1; ", "outbox       failed: sandbox", `says         "9 to 5"`,
		"answers      text a1 to "+acme+", said 2026-11-01 12:01:00 UTC: keyword, because", `words        "hours"`, "2026-11-01 12:01:02 UTC  AWS refused to send it"); err != nil {
		t.Error(err)
	}
	_, out, _ = heed(t, "", "message", id, "--json", "--text")
	var m report.Message
	if err := json.Unmarshal([]byte(out), &m); err != nil || m.ID != id || m.Reply.Body != "9 to 5" || m.Reply.Answers.Body != "hours" || m.Events == nil || len(m.Events) != 0 {
		t.Errorf("%v: %s", err, out)
	}
}

// What somebody else wrote does not steer the terminal.
func TestMessageIsPrintable(t *testing.T) {
	l := newLife(t)
	h := &delivery.Handler{Store: l.db, Log: quiet(), Now: l.now}
	body := `{"eventType":"TEXT_\u001b[2J","eventTimestamp":1793534400000,"messageId":"m","messageRequestTimestamp":1793534400000,"messageStatus":"","messageStatusDescription":"a\u202e\nb","context":{"campaign":"\u001b[31m"},"new":"\u001b[0m"}`
	for _, err := range h.Work(context.Background(), []ingress.Record{{Source: ingress.SQS, ID: "1", Body: []byte(body)}}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	code, out, _ := heed(t, "", "message", "m")
	if code != 0 || strings.ContainsAny(out, "\x1b\u202e") || !strings.Contains(out, "unknown, and more is to come") {
		t.Errorf("exit %d:\n%q", code, out)
	}
}

// Each row: a way to ask, and the exit code; 1 for no, 2 for wrong use.
func TestMessageIsAsked(t *testing.T) {
	newLife(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"message", "nobody-knows"}, 1, "nothing is known of message nobody-knows: it may be older"},
		{[]string{"message", "nobody-knows", "--json"}, 1, "nothing is known"},
		{[]string{"message", " "}, 2, "an id is needed"},
		{[]string{"message"}, 2, "<id>"},
		{[]string{"message", "m", "--zone", "Moon"}, 2, "--zone"},
	} {
		if code, out, errs := heed(t, "", c.args...); code != c.code || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, %q, %q", c.args, code, out, errs)
		}
	}
}

// Each row: how long after the request something happened, and how it is written.
func TestAfter(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "+0 ms", -20 * time.Millisecond: "-20 ms", 1250 * time.Millisecond: "+1.2 s", 59990 * time.Millisecond: "+59.9 s", 61 * time.Second: "+1 min 1 s",
		72 * time.Hour: "+3 d 0 h", 5*time.Hour + 90*time.Second: "+5 h 1 min",
	} {
		if got := after(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
