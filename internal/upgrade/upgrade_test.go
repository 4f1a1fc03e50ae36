package upgrade

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/simulator"
)

// longestStall is how much longer than before an invocation may take while the schema is brought up to date. A function
// has 30 s, and a STOP is confirmed within five minutes or not at all.
const longestStall = 5 * time.Second

// rowsThere are the messages that the database holds when the schema changes, each with an event and a promise.
const rowsThere = 100_000

func TestMain(m *testing.M) {
	dbtest.Main(m, func(context.Context, string) error { return nil })
}

// The functions of the release before work on while the schema is brought up to date under load, then beside the new
// ones, then again alone, as after a roll-back: no invocation fails or stands still, nothing is lost or parked, everybody
// is answered once for each text, register and AWS's list agree, the ledger's chain holds, and the reports count all.
func TestTheReleaseBeforeWorksOn(t *testing.T) {
	revision := earlier(t)
	before, now := build(t, checkOut(t, revision)), build(t, root)
	s := newStage(t)
	s.heed(before, "migrate")
	s.apply(before)
	s.load()
	schema := s.value(`SELECT max(version_id) FROM heed.migration`)
	began := time.Now()
	c := &crowd{stage: s}

	old := s.deploy(before)
	c.playFor(time.Second)

	// The schema changes while the old functions are at work.
	usual := slices.Max(slices.Collect(maps.Values(s.measured())))
	migration := make(chan error, 1)
	go func() { migration <- s.run(now, "migrate") }()
	started := time.Now()
	var took time.Duration
	c.play(func() bool {
		select {
		case err := <-migration:
			must(t, err)
			took = time.Since(started)
			return false
		default:
			return true
		}
	})
	stalls := s.measured()
	t.Logf("from %s, schema %s to %s in %s; the longest invocation before took %s, meanwhile: %v", revision, schema,
		s.value(`SELECT max(version_id) FROM heed.migration`), took.Round(time.Millisecond), usual.Round(time.Millisecond), stalls)
	for name, stall := range stalls {
		if stall > usual+longestStall {
			t.Errorf("%s stood still for %s while the schema changed", name, stall)
		}
	}

	// CloudFormation replaces one function after the other: for a while both are at work.
	fresh := s.deploy(now)
	c.playFor(time.Second)
	old.stop()
	c.playFor(time.Second)

	// Back to the release before. The schema stays, also where that release is asked to migrate.
	fresh.stop()
	s.heed(before, "migrate")
	old = s.deploy(before)
	c.playFor(time.Second)
	old.stop()

	// And forward again. What the release before wrote is counted by hand, as docs/reports.md says.
	fresh = s.deploy(now)
	c.playFor(time.Second)
	fresh.stop()
	s.heed(now, "report", "rebuild", "--from", began.UTC().Format(time.DateOnly))
	c.check()
	s.heed(now, "report", "rebuild", "--check")
	s.heed(now, "consent", "verify")
}

// load fills the old schema's tables by hand: what an upgrade may hold up is the size of tables.
func (s *stage) load() {
	s.t.Helper()
	// Half lies in the partition of today, half in the default partition.
	const at = `now() - CASE WHEN n % 2 = 0 THEN interval '40 days' ELSE interval '1 second' END`
	s.exec(fmt.Sprintf(`
		INSERT INTO heed.message (message_id, requested_at, contact, identity, program, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
		SELECT 'there-' || n, %s, '+1206' || lpad(n::text, 7, '0'), '+12065550100', 'alerts', 'delivered', 90, now(), 'DELIVERED', 'TEXT_DELIVERED', true, now()
		FROM generate_series(1, %d) n`, at, rowsThere))
	s.exec(`
		INSERT INTO heed.delivery_event (message_id, event_type, occurred_at, requested_at, aws_status, status, is_final, received_at)
		SELECT message_id, event_type, requested_at, requested_at, aws_status, status, is_final, updated_at FROM heed.message`)
	s.exec(fmt.Sprintf(`
		INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, state)
		SELECT gen_random_uuid(), 1, 'reply', 'alerts', '+1206' || lpad(n::text, 7, '0'), '+12065550100', 'done'
		FROM generate_series(1, %d) n`, rowsThere))
	// Who writes messages says of which quarters they are, since there are counts.
	s.exec(`DO $$ BEGIN
		IF to_regclass('heed.rollup_mark') IS NOT NULL THEN
			INSERT INTO heed.rollup_mark (bucket) SELECT DISTINCT heed.quarter_of(requested_at) FROM heed.message;
		END IF;
	END $$`)
	s.exec(`ANALYZE`)
}

// crowd are people who text, and the application that texts them.
type crowd struct {
	stage *stage
	// said is what each person said, in order. In each act newcomers say their first word, and those of the act before
	// their second, so that a word meets another release than the one before it.
	said   [][]string
	newest int // how many people there were before the act before
}

// scripts are what people say in their two acts. Nobody is taken off AWS's list twice: it allows that once in 30 days.
var scripts = [][]string{{"STOP", ""}, {"Stop.", "START"}, {"JOIN", ""}, {"join", "please stop texting me"}, {"HELP", "stop"}, {"JOIN", "HELP"}}

func (c *crowd) playFor(d time.Duration) {
	end := time.Now().Add(d)
	c.play(func() bool { return time.Now().Before(end) })
}

// play is one act: people text and are texted as long as it goes on. It ends when all of that is worked on.
func (c *crowd) play(goesOn func() bool) {
	second, first := c.newest, len(c.said)
	const most = 4000 // of newcomers, however long it goes on
	for n := 0; goesOn() || n == 0; n++ {
		if n < most {
			script := scripts[n%len(scripts)]
			c.said = append(c.said, nil)
			c.say(first+n, script[0])
			c.text(first + n)
		}
		if second < first {
			c.say(second, scripts[(second-c.newest)%len(scripts)][1])
			second++
		}
		if n%20 == 0 {
			c.stage.double.Deliver(context.Background(), simulator.DeliverOptions{Shuffle: true})
		}
		time.Sleep(3 * time.Millisecond)
	}
	for ; second < first; second++ {
		c.say(second, scripts[(second-c.newest)%len(scripts)][1])
	}
	c.stage.settle()
	c.newest = first
}

func (c *crowd) say(n int, word string) {
	if word == "" {
		return
	}
	if _, err := c.stage.double.Text(context.Background(), person(n), ours, word); err != nil {
		c.stage.t.Fatal(err)
	}
	c.said[n] = append(c.said[n], word)
}

// text is the application texting somebody else, who never answers.
func (c *crowd) text(n int) {
	_, err := c.stage.double.SendTextMessage(context.Background(), &pinpointsmsvoicev2.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(string(person(1_000_000 + n))), OriginationIdentity: aws.String(string(ours)),
		MessageBody: aws.String("Your order is on its way."), ConfigurationSetName: aws.String("alerts"),
	})
	must(c.stage.t, err)
}

// state is what the words come to.
func state(words []string) string {
	s := ""
	for _, w := range words {
		switch strings.ToUpper(strings.Trim(w, ".")) {
		case "STOP", "PLEASE STOP TEXTING ME":
			s = "opted_out"
		case "START", "JOIN":
			s = "opted_in"
		}
	}
	return s
}

// check holds tables, AWS's list and phones against what was said and sent.
func (c *crowd) check() {
	s, t := c.stage, c.stage.t
	t.Helper()
	texts := 0
	register := s.register()
	for n, words := range c.said {
		texts += len(words)
		who := person(n)
		want := state(words)
		if got := register[string(who)]; got != want {
			t.Errorf("%s said %q: the register has %q, want %q", who.Masked(), words, got, want)
		}
		if listed := s.double.OptedOut("alerts", who); listed != (want == "opted_out") {
			t.Errorf("%s said %q: on AWS's list: %v", who.Masked(), words, listed)
		}
		if got := len(s.double.Inbox(who)); got != len(words) {
			t.Errorf("%s said %q and got %d answers", who.Masked(), words, got)
		}
	}
	sent := len(s.double.Sent())
	t.Logf("%d people said %d texts; %d messages went out", len(c.said), texts, sent)
	s.want(`SELECT count(*) FROM heed.inbound`, fmt.Sprint(texts))
	s.want(`SELECT count(*) FROM heed.parked`, "0")
	s.want(`SELECT count(*) FROM heed.consent WHERE aws_state <> 'in_sync'`, "0")
	s.want(`SELECT string_agg(DISTINCT state, ' ') FROM heed.outbox`, "done")
	s.want(`SELECT count(*) FROM heed.message WHERE message_id NOT LIKE 'there-%'`, fmt.Sprint(sent))
	s.want(`SELECT count(*) FROM heed.message WHERE status <> 'delivered' OR NOT is_final`, "0")
	s.want(`SELECT count(*) FROM heed.delivery_event WHERE message_id NOT LIKE 'there-%'`, fmt.Sprint(3*sent))
	s.want(`SELECT count(*) FROM heed.message WHERE message_id LIKE 'there-%'`, fmt.Sprint(rowsThere))
}

// register is the state of everybody, by number.
func (s *stage) register() map[string]string {
	s.t.Helper()
	rows, err := s.db.Query(context.Background(), `SELECT contact, state FROM heed.consent`)
	must(s.t, err)
	defer rows.Close()
	states := map[string]string{}
	for rows.Next() {
		var contact, state string
		must(s.t, rows.Scan(&contact, &state))
		states[contact] = state
	}
	must(s.t, rows.Err())
	return states
}
