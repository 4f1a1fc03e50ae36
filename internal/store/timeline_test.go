package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/dossier"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

// told is what is known of Ann, a line an entry, with the events of messages behind them.
func reported(t *testing.T, s *store.Store, q dossier.Question) string {
	t.Helper()
	known, err := s.Known(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	d := known.Assemble(q, "test", "words", noon())
	var lines []string
	for _, e := range d.Entries {
		line := e.Kind + " " + e.At.Format("01-02 15:04:05")
		switch {
		case e.Text != nil:
			line += " " + e.Text.Body
		case e.Message != nil:
			line += " " + e.Message.ID
			for _, r := range e.Message.Receipts {
				line += " " + r.AWSStatus
			}
		case e.Action != nil:
			line += " " + e.Action.Kind
		}
		lines = append(lines, line)
	}
	if d.Truncated {
		lines = append(lines, "and more before")
	}
	return strings.Join(lines, "\n")
}

// Each message has its own events and all of them, however long after it they came, whether the day has a partition of
// its own or not; nobody else's.
func TestKnownReceipts(t *testing.T) {
	t.Parallel()
	s := open(t)
	scan[int](t, s, `SELECT heed.make_partitions('2026-09-01', '2026-11-25')`)
	event := func(id, to, status string, requested, at time.Time) string {
		return fmt.Sprintf(`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":true,"originationPhoneNumber":%q,
			"destinationPhoneNumber":%q,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":%q}`,
			status, at.UnixMilli(), acme, to, id, requested.UnixMilli(), status)
	}
	year := noon().AddDate(-1, 0, 0) // in the default partition
	autumn := noon().AddDate(0, -2, 0)
	mustWork(t, events(s).Work(context.Background(), records(
		event("old", ann, "PENDING", year, year.Add(time.Second)),
		event("old", ann, "DELIVERED", year, year.Add(2*time.Second)),
		event("late", ann, "DELIVERED", autumn, autumn.Add(time.Minute)),
		event("late", ann, "READ", autumn, autumn.AddDate(0, 1, 0)),                     // a month later
		event("early", ann, "PENDING", autumn.Add(time.Hour), autumn.Add(-2*time.Hour)), // a clock that is behind
		event("bobs", bob, "DELIVERED", autumn, autumn.Add(time.Second)),
		event("new", ann, "PENDING", noon(), noon().Add(time.Second)),
		event("new", ann, "UNKNOWN", noon(), noon().Add(73*time.Hour)),
	)))
	want := `message 11-20 12:00:00 old PENDING DELIVERED
message 09-20 12:00:00 late DELIVERED READ
message 09-20 13:00:00 early PENDING
message 11-20 12:00:00 new PENDING UNKNOWN`
	if diff := cmp.Diff(want, reported(t, s, dossier.Question{Contact: ann})); diff != "" {
		t.Error(diff)
	}
}

// Of many entries the newest are given, of all kinds together, and that there are more.
func TestKnownIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	h := texts(s, strictAWS(t, rulesYAML), c.now)
	for i := range 5 {
		say(t, h, spoken{fmt.Sprint(i), ann, acme, fmt.Sprint("hello ", i), c.now()}, spoken{fmt.Sprint("b", i), bob, acme, "hello from Bob", c.now()})
		c.advance(time.Minute)
	}
	say(t, h, spoken{"6", ann, acme, "stop", c.now()})
	for _, x := range []struct {
		sentence string
		question dossier.Question
		want     string
	}{
		{
			"the newest three: the text, what it changed, and what was done first",
			dossier.Question{Contact: ann, Limit: 3},
			"consent 11-20 12:05:00\naction 11-20 12:05:00 reply\naction 11-20 12:05:00 sync_optout\nand more before",
		},
		{
			"from a moment on, and up to one",
			dossier.Question{Contact: ann, Since: noon().Add(time.Minute), Until: noon().Add(3 * time.Minute), Limit: 4},
			"text 11-20 12:01:00 hello 1\naction 11-20 12:01:00 reply\ntext 11-20 12:02:00 hello 2\naction 11-20 12:02:00 reply",
		},
		{"a program that they never met", dossier.Question{Contact: ann, Program: "nowhere"}, ""},
	} {
		if diff := cmp.Diff(x.want, reported(t, s, x.question)); diff != "" {
			t.Errorf("%s: %s", x.sentence, diff)
		}
	}
	for contact, want := range map[sms.Phone]bool{ann: true, "+" + bob: true, "+14255550199": false} {
		known, err := s.Known(context.Background(), dossier.Question{Contact: contact, Since: noon().AddDate(1, 0, 0)})
		if err != nil || known.Anything != want {
			t.Errorf("%s: anything is %t: %v", contact, known.Anything, err)
		}
	}
}
