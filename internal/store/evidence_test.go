package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const tollFreeYAML = `
version: 1
programs:
  free:
    brand: Acme
    optOutList: free
    identities: ["+18005550100"]
    keywords: [{words: [HOURS], reply: "9 to 5"}]
  alerts: {brand: Acme, optOutList: alerts, identities: ["+12065550100"]}
  lenient: {brand: Acme, optOutList: lenient, identities: ["+18005550101"], carrierBlocks: ignore, invalidNumbers: ignore}
`

const free = "+18005550100"

// told is a delivery event.
func told(message, kind, status string, final bool, from, to string, at time.Time) string {
	return fmt.Sprintf(`{"eventType":%q,"eventTimestamp":%d,"isFinal":%t,"messageId":%q,"messageRequestTimestamp":%d,"messageStatus":%q,"originationPhoneNumber":%q,"destinationPhoneNumber":%q,"messageStatusDescription":"as AWS puts it"}`,
		kind, at.UnixMilli(), final, message, noon().UnixMilli(), status, from, to)
}

// Each row: an event, and what it shows of the person.
func TestEventsAsEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, event string
		canSend         string // for the program free
		lists           string // AWS's lists that have to follow
	}{
		{"a carrier's block on a toll-free number", told("m", "TEXT_CARRIER_BLOCKED", "CARRIER_BLOCKED", true, free, ann, noon()), "(f,opted_out)", "(free)"},
		{"a handset's block on one", told("m", "TEXT_BLOCKED", "BLOCKED", true, free, ann, noon()), "(f,opted_out)", "(free)"},
		{"of a picture", told("m", "MEDIA_BLOCKED", "BLOCKED", true, free, ann, noon()), "(f,opted_out)", "(free)"},
		{"the type alone says it", told("m", "TEXT_BLOCKED", "", true, free, ann, noon()), "(f,opted_out)", "(free)"},
		{"a block that is not final shows nothing", told("m", "TEXT_BLOCKED", "BLOCKED", false, free, ann, noon()), "(t,no_record)", ""},
		{"a block on another number is the carrier's filter", told("m", "TEXT_CARRIER_BLOCKED", "CARRIER_BLOCKED", true, acme, ann, noon()), "(t,no_record)", ""},
		{"spam is said of the message", told("m", "TEXT_SPAM", "SPAM", true, free, ann, noon()), "(t,no_record)", ""},
		{"AWS's own protection is not the person", told("m", "TEXT_PROTECT_BLOCKED", "PROTECT_BLOCKED", true, free, ann, noon()), "(t,no_record)", ""},
		{"a program may not take it for evidence", told("m", "TEXT_BLOCKED", "BLOCKED", true, "+18005550101", ann, noon()), "(t,no_record)", ""},
		{"an invalid number is no opt-out", told("m", "TEXT_INVALID", "INVALID", true, acme, ann, noon()), "(f,invalid_number)", ""},
		{"of a picture too", told("m", "MEDIA_INVALID", "INVALID", true, acme, ann, noon()), "(f,invalid_number)", ""},
		{"an invalid message says nothing of the number", told("m", "TEXT_INVALID_MESSAGE", "INVALID_MESSAGE", true, acme, ann, noon()), "(t,no_record)", ""},
		{"unreachable is for today", told("m", "TEXT_UNREACHABLE", "UNREACHABLE", true, acme, ann, noon()), "(t,no_record)", ""},
		{"a program may not suspend", told("m", "TEXT_INVALID", "INVALID", true, "+18005550101", ann, noon()), "(t,no_record)", ""},
		{"nobody is named", told("m", "TEXT_INVALID", "INVALID", true, acme, "", noon()), "(t,no_record)", ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, tollFreeYAML)
			for range 2 {
				mustWork(t, events(s).Work(context.Background(), records(c.event)))
			}
			if got := dump(t, s, `SELECT allowed, reason FROM heed.can_send('`+ann+`', 'free')`); got != c.canSend {
				t.Errorf("can_send says %s, want %s", got, c.canSend)
			}
			if got := dump(t, s, `SELECT opt_out_list FROM heed.outbox WHERE kind = 'sync_optout'`); got != c.lists {
				t.Errorf("lists %s, want %s", got, c.lists)
			}
		})
	}
}

// The evidence of a block names all that it rests on, under the program that heed sent the message for, or that the
// number belongs to, or default.
func TestEvidenceOfABlock(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, tollFreeYAML)
	ofAlerts := `{"context":{"heed_program":"alerts"},` + told("m2", "TEXT_BLOCKED", "BLOCKED", true, free, "+14255550102", noon())[1:]
	mustWork(t, events(s).Work(context.Background(), records(
		told("m1", "TEXT_CARRIER_BLOCKED", "CARRIER_BLOCKED", true, free, ann, noon()), ofAlerts,
		told("m3", "TEXT_BLOCKED", "BLOCKED", true, "+18885550100", "+14255550103", noon()))))
	want := `(alerts,+14255550102,opted_out,"2026-11-20 12:00:00+00",send_refused,m2,aws)
(default,+14255550103,opted_out,"2026-11-20 12:00:00+00",send_refused,m3,aws)
(free,+14255550101,opted_out,"2026-11-20 12:00:00+00",send_refused,m1,aws)`
	if got := dump(t, s, `SELECT program, contact, state, said_at, source, evidence ->> 'message_id', actor FROM heed.consent_event`); got != want {
		t.Errorf("events\n%s\nwant\n%s", got, want)
	}
	evidence := `{"reason": "toll_free_blocked", "identity": "+18005550100", "aws_status": "CARRIER_BLOCKED", "event_type": "TEXT_CARRIER_BLOCKED", "message_id": "m1", "description": "as AWS puts it"}`
	if got := scan[string](t, s, `SELECT evidence::text FROM heed.consent_event WHERE program = 'free'`); got != evidence {
		t.Errorf("evidence %s\nwant %s", got, evidence)
	}
	if got := dump(t, s, `SELECT program, aws_state FROM heed.consent`); got != "(alerts,pending)\n(default,in_sync)\n(free,pending)" {
		t.Errorf("register %s", got)
	}
}

// Under sender scope all lists follow: one STOP stops all.
func TestBlockUnderSenderScope(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, "consent: {scope: sender}\n"+tollFreeYAML)
	mustWork(t, events(s).Work(context.Background(), records(told("m", "TEXT_BLOCKED", "BLOCKED", true, free, ann, noon()))))
	if got := dump(t, s, `SELECT opt_out_list, seq FROM heed.outbox`); got != "(alerts,1)\n(free,2)\n(lenient,3)" {
		t.Errorf("lists %s", got)
	}
}

// A ruleset that was applied by a version of heed that knew nothing of this counts as one with the defaults; applied
// again, it tells SQL the rest.
func TestEvidenceUnderAnOlderRuleset(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	old := `{"scope":"program","programs":{"free":{"requireOptIn":false}},"identities":{"+18005550100":"free"}}`
	if _, _, err := s.ApplyRuleset(ctx, []byte(tollFreeYAML), []byte(old), "an older heed", noon()); err != nil {
		t.Fatal(err)
	}
	mustWork(t, events(s).Work(ctx, records(told("m1", "TEXT_BLOCKED", "BLOCKED", true, free, ann, noon()),
		told("m2", "TEXT_INVALID", "INVALID", true, free, "+14255550102", noon()))))
	for who, want := range map[string]string{ann: "opted_out", "+14255550102": "invalid_number"} {
		if got := scan[string](t, s, `SELECT reason FROM heed.can_send($1, 'free')`, who); got != want {
			t.Errorf("%s: %s, want %s", who, got, want)
		}
	}
	apply(t, s, tollFreeYAML)
	mustWork(t, events(s).Work(ctx, records(told("m3", "TEXT_BLOCKED", "BLOCKED", true, free, "+14255550103", noon()))))
	if got := dump(t, s, `SELECT contact, opt_out_list FROM heed.outbox`); got != "(+14255550103,free)" {
		t.Errorf("lists %s", got)
	}
}

// Blocks, invalid numbers, STOP and START in any order, any duplication, any split: the same ledger, the same register,
// the same suspensions.
func TestEvidenceConverges(t *testing.T) {
	t.Parallel()
	const ledger = `SELECT program, contact, state, said_at, source FROM heed.consent_event`
	const register = `SELECT program, contact, state, since, opted_in_at, opted_out_at FROM heed.consent`
	const suspended = `SELECT contact, message_id, since FROM heed.suspension`
	s := open(t)
	apply(t, s, tollFreeYAML)
	var now clock
	aws := &world{listed: map[string]bool{}}
	type step struct {
		event string
		text  spoken
	}
	run := func(rt *rapid.T, steps []step) [3]string {
		if _, err := s.Pool().Exec(context.Background(), `SET session_replication_role = replica; TRUNCATE heed.inbound, heed.consent, heed.outbox, heed.delivery_event, heed.message, heed.suspension;
			DELETE FROM heed.consent_event; DELETE FROM heed.consent_chain; SET session_replication_role = DEFAULT`); err != nil {
			rt.Fatal(err)
		}
		h := texts(s, aws, now.now)
		for _, x := range steps {
			if x.event != "" {
				mustWork(rt, events(s).Work(context.Background(), records(x.event)))
			} else {
				say(rt, h, x.text)
			}
		}
		return [3]string{dump(t, s, ledger), dump(t, s, register), dump(t, s, suspended)}
	}
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			at := noon().Add(time.Duration(rapid.IntRange(0, 4).Draw(rt, "at")) * time.Second)
			message := rapid.SampledFrom([]string{"m1", "m2"}).Draw(rt, "message")
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				return step{event: told(message, "TEXT_BLOCKED", "BLOCKED", true, free, ann, at)}
			case 1:
				return step{event: told(message, "TEXT_INVALID", "INVALID", true, free, ann, at)}
			case 2:
				return step{text: spoken{"stop" + at.String(), ann, free, "STOP", at}}
			default:
				return step{text: spoken{"start" + at.String(), ann, free, "START", at}}
			}
		}), 1, 7).Draw(rt, "steps")
		want := run(rt, steps)
		again := append(steps[:len(steps):len(steps)], rapid.SliceOf(rapid.SampledFrom(steps)).Draw(rt, "repeated")...)
		if got := run(rt, rapid.Permutation(again).Draw(rt, "order")); got != want {
			rt.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}
