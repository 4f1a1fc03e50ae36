package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/store"
)

// applyUnreadable applies a file that a newer heed understands and this one does not.
func applyUnreadable(t *testing.T, s *store.Store) {
	t.Helper()
	doc := strings.Replace(rulesYAML, "version: 1", "version: 1\nfromTheFuture: true", 1)
	if _, _, err := s.ApplyRuleset(context.Background(), []byte(doc), []byte(`{}`), "a newer heed", noon()); err != nil {
		t.Fatal(err)
	}
}

// A process that starts under a file it cannot read gives its records back: read by no rules at all, a STOP would be
// acknowledged and stop nothing. When the file can be read, the same record has its effect.
func TestColdStartUnderAnUnreadableFile(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	applyUnreadable(t, s)
	var c clock
	aws := strictAWS(t, rulesYAML, "alerts "+ann)
	h := texts(s, aws, c.now)
	stop := spoken{"1", ann, acme, "STOP", c.now()}
	if errs := h.Work(context.Background(), []ingress.Record{stop.record()}); len(errs) != 1 || errs[0] == nil {
		t.Errorf("the record was acknowledged: %v", errs)
	}
	if n := scan[int](t, s, `SELECT (SELECT count(*) FROM heed.inbound) + (SELECT count(*) FROM heed.parked) + (SELECT count(*) FROM heed.outbox)`); n != 0 {
		t.Errorf("%d rows were written, want none", n)
	}
	if len(aws.calls) != 0 {
		t.Errorf("AWS was asked: %q", aws.calls)
	}
	apply(t, s, rulesYAML)
	c.advance(time.Minute)
	say(t, h, stop)
	if got, want := dump(t, s, `SELECT allowed, reason FROM heed.can_send('`+ann+`', 'alerts')`), "(f,opted_out)"; got != want {
		t.Errorf("can_send says %s, want %s", got, want)
	}
}

// A process that has read a file goes on with it when a newer one cannot be read.
func TestUnreadableFileLeavesTheLastOneInForce(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	aws := strictAWS(t, rulesYAML)
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", bob, acme, "HOURS", c.now()})
	applyUnreadable(t, s)
	c.advance(time.Minute)
	say(t, h, spoken{"2", ann, acme, "STOP", c.now()})
	if got, want := dump(t, s, `SELECT inbound_message_id, program, ruleset_version FROM heed.inbound`), "(1,alerts,1)\n(2,alerts,1)"; got != want {
		t.Errorf("texts %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"9 to 5", confirmation}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}
