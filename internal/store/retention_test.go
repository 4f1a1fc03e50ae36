package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
)

const day = 24 * time.Hour

// Words go when they are old, with the answers that quote them; what was decided stays, and so do the words of those
// texts that changed consent, as its evidence.
func TestWordsGo(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var now clock
	h := texts(s, strictAWS(t, rulesYAML), now.now)
	say(t, h, spoken{"1", ann, acme, "JOIN the zebras", now.now()}, spoken{"2", bob, acme, "what a zebra", now.now()})
	now.advance(20 * day)
	say(t, h, spoken{"3", ann, acme, "a younger zebra", now.now()})
	keep := upkeep.Kept{Bodies: 30 * day}
	if r := retain(t, s, noon().Add(30*day), keep); r.Bodies != 0 {
		t.Errorf("%+v: removed on the day itself", r)
	}
	at := noon().Add(31 * day)
	if r := retain(t, s, at, keep); r != (upkeep.Retained{Bodies: 2}) {
		t.Errorf("%+v, want two texts", r)
	}
	if r := retain(t, s, at, keep); r != (upkeep.Retained{}) {
		t.Errorf("%+v the second time", r)
	}
	want := `(1,opt_in,rule,"","",,"2026-12-21 12:00:00+00")
(2,none,no_match,"","",,"2026-12-21 12:00:00+00")
(3,none,no_match,"a younger zebra","",,)`
	if got := dump(t, s, `SELECT inbound_message_id, verdict, reason, body, matched, args, body_removed_at FROM heed.inbound`); got != want {
		t.Errorf("texts\n%s\nwant\n%s", got, want)
	}
	if got := strings.Join(mentions(t, s, "zebra"), " "); got != "consent_event.evidence inbound.body inbound.raw" {
		t.Errorf("words are in %s", got)
	}
	if got := dump(t, s, `SELECT split_part(chain, '/', 2), purpose, state, body IS NULL FROM heed.outbox WHERE kind = 'reply'`); got != "(1,opt_in,done,t)\n(2,unmatched,done,t)\n(3,unmatched,done,f)" {
		t.Errorf("answers\n%s", got)
	}
	// What is empty is not read again as an empty text.
	page, err := s.PastTexts(context.Background(), store.Place{}, at, 10)
	if err != nil || len(page) != 1 || page[0].ID != "3" {
		t.Errorf("a replay would read %+v, %v", page, err)
	}
}

// Settled promises and replayed inputs go; what is open, what may have happened, and what nobody replayed stays.
func TestSettledRowsGo(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	for _, state := range []string{"planned", "claimed", "done", "failed", "expired", "unknown", "lost"} {
		if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, state, created_at, settled_at)
			VALUES ($1, 1, 'reply', 'alerts', $2, $3, $1, $4, CASE WHEN $1 NOT IN ('planned', 'claimed') THEN $4::timestamptz END)`, state, ann, acme, noon()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.parked (source, source_id, reason, body, parked_at, replayed_at) VALUES ('sqs', 'waits', 'r', 'b', $1, NULL), ('sqs', 'replayed', 'r', 'b', $1, $1)`, noon()); err != nil {
		t.Fatal(err)
	}
	r := retain(t, s, noon().Add(41*day), upkeep.Kept{Outbox: 40 * day, Parked: 40 * day})
	if r != (upkeep.Retained{Actions: 4, Parked: 1}) {
		t.Errorf("%+v", r)
	}
	if got := dump(t, s, `SELECT state FROM heed.outbox UNION ALL SELECT source_id FROM heed.parked`); got != "(claimed)\n(planned)\n(unknown)\n(waits)" {
		t.Errorf("left %s", got)
	}
	if r := retain(t, s, noon().Add(4000*day), keepAll); r != (upkeep.Retained{}) {
		t.Errorf("with nothing set %+v", r)
	}
}

// A backlog goes in batches, oldest first, and each says whether there is more.
func TestRetentionIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.Pool().Exec(context.Background(), `INSERT INTO heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, ruleset_version, said_at, received_at, raw)
		SELECT 'x', n, 'sms', '`+ann+`', 'p', 'words', 'none', 'no_match', 1, $1::timestamptz + n * interval '1 second', $1::timestamptz + n * interval '1 second', 'words' FROM generate_series(1, 1500) n`, noon()); err != nil {
		t.Fatal(err)
	}
	keep := upkeep.Kept{Bodies: day}
	if r := retain(t, s, noon().Add(2*day), keep); r != (upkeep.Retained{Bodies: 1000, More: true}) {
		t.Errorf("first %+v", r)
	}
	if n := scan[int](t, s, `SELECT max(inbound_message_id::int) FROM heed.inbound WHERE body = ''`); n != 1000 {
		t.Errorf("emptied up to %d, want the oldest 1000", n)
	}
	if r := retain(t, s, noon().Add(2*day), keep); r != (upkeep.Retained{Bodies: 500}) {
		t.Errorf("second %+v", r)
	}
}

// Who is on legal hold loses nothing, in any table; when the hold is lifted, retention catches up.
func TestLegalHold(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	apply(t, s, rulesYAML)
	today := time.Now().UTC().Truncate(day)
	for _, who := range []string{ann, zoe} {
		say(t, texts(s, strictAWS(t, rulesYAML), func() time.Time { return today }), spoken{"i" + who, who, acme, "HOURS", today})
		message := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"messageId":"m%s","messageRequestTimestamp":%[1]d,"messageStatus":"DELIVERED","destinationPhoneNumber":"%[2]s"}`, today.Add(time.Hour).UnixMilli(), who)
		mustWork(t, events(s).Work(ctx, records(message)))
		if _, err := s.Pool().Exec(ctx, `INSERT INTO heed.parked (source, source_id, reason, body, parked_at, replayed_at) VALUES ('sqs', $1, 'r', $1, $2, $2)`, who[1:], today); err != nil {
			t.Fatal(err)
		}
	}
	hold, err := s.PlaceHold(ctx, zoe, "tess", "Zebra against Acme", today)
	if err != nil {
		t.Fatal(err)
	}
	keep := upkeep.Kept{Events: 40 * day, Messages: 40 * day, Bodies: 40 * day, Outbox: 40 * day, Parked: 40 * day}
	later := today.Add(60 * day)
	everything := func() string {
		return dump(t, s, `SELECT 'text', contact, body FROM heed.inbound WHERE body <> '' UNION ALL SELECT 'answer', contact, body FROM heed.outbox
			UNION ALL SELECT 'message', contact, message_id FROM heed.message UNION ALL SELECT 'event', contact, message_id FROM heed.delivery_event
			UNION ALL SELECT 'parked', body, '' FROM heed.parked`)
	}
	run := func() upkeep.Maintained {
		t.Helper()
		m, err := s.Maintain(ctx, later, keep)
		if err != nil {
			t.Fatal(err)
		}
		retain(t, s, later, keep)
		return m
	}
	if m := run(); m.PartitionsDropped < 2 {
		t.Errorf("%+v: nothing was dropped", m)
	}
	hers := strings.ReplaceAll(`(answer,ZOE,"9 to 5")
(event,ZOE,mZOE)
(message,ZOE,mZOE)
(parked,14255550177,"")
(text,ZOE,HOURS)`, "ZOE", zoe)
	if got := everything(); got != hers {
		t.Errorf("left\n%s\nwant\n%s", got, hers)
	}
	run()
	if got := everything(); got != hers {
		t.Errorf("left after another run\n%s", got)
	}
	// A late event still finds its message.
	mustWork(t, events(s).Work(ctx, records(fmt.Sprintf(`{"eventType":"TEXT_READ","eventTimestamp":%d,"messageId":"m%s","messageRequestTimestamp":%[1]d,"messageStatus":"READ"}`, today.Add(time.Hour).UnixMilli(), zoe))))
	if got := dump(t, s, `SELECT status, contact FROM heed.message`); got != "(read,"+zoe+")" {
		t.Errorf("message %s", got)
	}
	if ok, err := s.LiftHold(ctx, hold, "tess", "settled", later); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if ok, err := s.LiftHold(ctx, hold, "tess", "settled", later); err != nil || ok {
		t.Errorf("lifted twice: %t %v", ok, err)
	}
	run()
	if got := everything(); got != "" {
		t.Errorf("left after the hold\n%s", got)
	}
}
