package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/store"
)

// talk is a day of messages and of what people wrote back: all of it came through the handlers.
func talk(t *testing.T) *store.Store {
	t.Helper()
	s := open(t)
	apply(t, s, strings.Replace(bookYAML, `identities: ["+12065550101"]`, `identities: ["+12065550101"], unmatched: {reply: "Sorry?", every: 24h},
    keywords: [{words: [MENU], match: whole, name: menu, reply: "Soup – 5 €, “bread” 2 €."}]`, 1))
	at := func(clock string) time.Time {
		when, err := time.Parse("2006-01-02 15:04", "2026-11-"+clock)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	person := func(n int) string { return fmt.Sprintf("+1425555010%d", n) }
	const alerts, shop = "+12065550100", "+12065550101"
	var sentOut []string
	send := func(clock, identity, campaign string, people ...int) {
		for _, p := range people {
			sentOut = append(sentOut, booked{
				id: fmt.Sprint(campaign, p), contact: person(p), identity: identity, campaign: campaign, requested: at(clock), course: "delivered",
				encoding: "UNICODE", parts: 2, price: 1000, toHand: time.Second,
			}.body("DELIVERED!"))
		}
	}
	send("20 09:00", shop, "sale", 6)
	send("20 10:00", alerts, "spring", 1, 2, 3, 4, 5)
	send("20 11:00", alerts, "autumn", 1, 2)
	mustWork(t, events(s).Work(context.Background(), records(sentOut...)))

	now := at("20 11:30")
	h := texts(s, &world{listed: map[string]bool{}}, func() time.Time { return now })
	for i, said := range []struct {
		clock    string
		who      int
		to, text string
	}{
		{"20 11:30", 2, alerts, "HELP"},
		{"20 11:45", 2, alerts, "STOP"}, // not for heed's answer to HELP, but for autumn
		{"20 12:00", 1, alerts, "STOP"},
		{"20 12:05", 1, alerts, "Unsubscribe"}, // the same person again
		{"20 13:00", 3, alerts, "please stop texting me"},
		{"20 13:30", 6, alerts, "stop"},       // only the shop ever wrote to them
		{"20 14:00", 5, shop, "MENU"},         // answered in Unicode
		{"20 14:30", 5, shop, "what is this"}, // answered too
		{"20 15:00", 5, alerts, "this is harassment"},
		{"20 23:50", 5, alerts, "nothing matches this"},
		{"21 10:30", 4, alerts, "STOP"}, // a day and half an hour after
	} {
		now = at(said.clock)
		say(t, h, spoken{fmt.Sprint("t", i), person(said.who), said.to, said.text, now})
	}
	// What AWS tells of heed's own replies.
	replies := scan[[]string](t, s, `SELECT array_agg(id || ' ' || coalesce(nullif(rule, ''), purpose) || ' ' || contact || ' ' || extract(epoch FROM said_at)::bigint ORDER BY said_at) FROM heed.outbox WHERE kind = 'reply' AND state = 'done'`)
	for i, reply := range replies {
		var id, rule, contact string
		var said int64
		if _, err := fmt.Sscan(reply, &id, &rule, &contact, &said); err != nil {
			t.Fatal(err)
		}
		b := booked{id: fmt.Sprint("r", i), contact: contact, identity: alerts, requested: time.Unix(said, 0).UTC().Add(time.Second), course: "delivered", encoding: "GSM", parts: 1, price: 500, toHand: time.Second}
		if rule == "menu" || rule == "unmatched" {
			b.identity = shop
		}
		if rule == "menu" {
			b.encoding, b.parts, b.price = "UNICODE", 2, 1000
		}
		body := strings.TrimSuffix(b.body("DELIVERED!"), "}") + fmt.Sprintf(`,"context":{"heed_outbox":%q,"heed_rule":%q}}`, id, rule)
		mustWork(t, events(s).Work(context.Background(), records(body)))
	}
	refresh(t, s, at("21 12:00"))
	return s
}

// Each row: what is asked of the texts of a day and of the messages before them, and every row of the answer.
func TestReportsOfTexts(t *testing.T) {
	t.Parallel()
	s := talk(t)
	for _, c := range []struct {
		sentence, report string
		asked            map[string]string
		rows             []string
	}{
		{
			"an opt-out is put down to the last message before it, never to heed's own; one of nobody's is counted as such", "optouts", nil,
			[]string{
				"program=alerts campaign=autumn opt_outs=3 people=2 attributed=3 unattributed=0 messages=2 open=0 opt_out_rate=1",
				"program=alerts campaign=spring opt_outs=1 people=1 attributed=1 unattributed=0 messages=5 open=0 opt_out_rate=0.2",
				"program=shop campaign=sale opt_outs=1 people=1 attributed=1 unattributed=0 messages=1 open=0 opt_out_rate=1",
				"program=alerts campaign= opt_outs=1 people=1 attributed=0 unattributed=1 messages=0 open=0",
			},
		},
		{
			"within more hours more are put down to a message", "optouts",
			map[string]string{"hours": "72", "campaign": "spring"},
			[]string{"program=alerts campaign=spring opt_outs=2 people=2 attributed=2 unattributed=0 messages=5 open=0 opt_out_rate=0.4"},
		},
		{
			"by the words that did it, none of which are the person's own", "optouts",
			map[string]string{"by": "keyword", "program": "alerts"},
			[]string{
				"keyword=stop opt_outs=3 people=3 attributed=2 unattributed=1 messages=7 open=0 opt_out_rate=0.4286",
				"keyword=(natural language) opt_outs=1 people=1 attributed=1 unattributed=0 messages=7 open=0 opt_out_rate=0.1429",
				"keyword=unsubscribe opt_outs=1 people=1 attributed=1 unattributed=0 messages=7 open=0 opt_out_rate=0.1429",
			},
		},
		{
			"all together", "optouts",
			map[string]string{"by": ""},
			[]string{"opt_outs=6 people=5 attributed=5 unattributed=1 messages=8 open=0 opt_out_rate=0.625"},
		},
		{
			"the mix of a day", "inbound",
			map[string]string{"by": "", "from": "2026-11-20", "to": "2026-11-20"},
			[]string{"texts=10 people=5 opt_outs=5 opt_ins=0 helps=1 keywords=1 unclear=1 open=1 unmatched=2 unclear_share=0.1 unmatched_share=0.2"},
		},
		{
			"in Kolkata it is the next day before seven in the evening in London", "inbound",
			map[string]string{"by": "day", "zone": "Asia/Kolkata", "verdict": "none"},
			[]string{
				"day=2026-11-20 texts=1 people=1 opt_outs=0 opt_ins=0 helps=0 keywords=0 unclear=0 open=0 unmatched=1 unclear_share=0 unmatched_share=1",
				"day=2026-11-21 texts=1 people=1 opt_outs=0 opt_ins=0 helps=0 keywords=0 unclear=0 open=0 unmatched=1 unclear_share=0 unmatched_share=1",
			},
		},
		{
			"which of heed's own texts cost more, and for what characters", "unicode",
			map[string]string{"by": "rule,character_class", "program": "shop", "rule": "menu|unmatched"},
			[]string{
				"rule=menu character_class=dashes and ellipsis, typographic quotes messages=1 open=0 unicode_messages=1 unicode_share=1 unicode_parts=2 gsm_parts=1 gsm_parts_low=1 gsm_parts_high=1.5 unicode_cost=0.01 extra_cost=0.005 extra_cost_low=0.0025 extra_cost_high=0.005",
				"rule=unmatched character_class= messages=1 open=0 unicode_messages=0 unicode_share=0 unicode_parts=0 gsm_parts=0 gsm_parts_low=0 gsm_parts_high=0",
			},
		},
		{
			"of others' texts only the price is known", "unicode",
			map[string]string{"by": "campaign,character_class", "campaign": "spring"},
			[]string{"campaign=spring character_class=(text not seen) messages=5 open=0 unicode_messages=5 unicode_share=1 unicode_parts=10 gsm_parts=5 gsm_parts_low=5 gsm_parts_high=7.5 unicode_cost=0.05 extra_cost=0.025 extra_cost_low=0.0125 extra_cost_high=0.025"},
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			spec, _ := report.Named(c.report)
			asked := map[string]string{"from": "2026-11-20", "to": "2026-11-21"}
			maps.Copy(asked, c.asked)
			got, err := reportRows(context.Background(), s, spec, asked)
			if err != nil || !slices.Equal(got, c.rows) {
				t.Errorf("%v\n%s\n--- want\n%s", err, strings.Join(got, "\n"), strings.Join(c.rows, "\n"))
			}
		})
	}
}

// Where heed's replies are still open, the opt-outs' messages are not said to be: they leave the replies out.
func TestOpenRepliesAreNoOpenMessages(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.Pool().Exec(context.Background(), `INSERT INTO heed.delivery_day
		SELECT '2026-11-20', 'alerts', '+12065550100', '', '', '', 'US', '', '', '', status, messages, open, 0, 0, 0, 0, replies, 0, 0, 0, 0
		FROM (VALUES ('delivered', 5, 0, 1), ('queued', 7, 7, 4)) x (status, messages, open, replies)`)
	if err != nil {
		t.Fatal(err)
	}
	const of = `'2026-11-20', '2026-11-20'`
	if got, want := dump(t, s, `SELECT messages, open FROM heed.report_optouts(`+of+`)`), "(7,3)"; got != want {
		t.Errorf("messages and open %s, want %s", got, want)
	}
	if got, want := dump(t, s, `SELECT open FROM heed.report_state('optouts', `+of+`) UNION ALL SELECT open FROM heed.report_state('delivery', `+of+`)`), "(3)\n(7)"; got != want {
		t.Errorf("open by report %s, want %s", got, want)
	}
}

// A view of replies says which text each answers, and nothing of what it says.
func TestReplyView(t *testing.T) {
	t.Parallel()
	s := talk(t)
	got := dump(t, s, `SELECT r.rule, r.purpose, r.inbound_message_id, r.inbound_variant, i.verdict, m.status
		FROM heed.reply r JOIN heed.inbound i USING (identity, inbound_message_id) LEFT JOIN heed.message_state m USING (outbox_id) WHERE r.state = 'done' AND r.program = 'shop'`)
	if want := "(,unmatched,t7,sms,none,delivered)\n(menu,keyword,t6,sms,keyword,delivered)"; got != want {
		t.Errorf("replies\n%s\nwant\n%s", got, want)
	}
}

// Each row of the health of the data says what is wrong when it is, and only then.
func TestReportHealth(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, bookYAML)
	ctx := context.Background()
	now := scan[time.Time](t, s, `SELECT now()`).UTC()
	states := func() map[string]string {
		all := map[string]string{}
		for _, row := range reportMaps(t, s, report.Query{Report: "health"}) {
			value := row["value"]
			if value == nil {
				value = "never"
			}
			all[strings.TrimSpace(row["measure"].(string)+" "+row["detail"].(string))] = fmt.Sprintf("%s %v", row["state"], value)
		}
		return all
	}
	if got := states()["rollup_age"]; got != "attention never" {
		t.Errorf("nothing was ever counted: %s", got)
	}
	refresh(t, s, now)
	for name, state := range states() {
		if !strings.HasPrefix(state, "ok ") {
			t.Errorf("an empty database: %s is %s", name, state)
		}
	}
	old, fresh := now.Add(-100*time.Hour), now.Add(-time.Hour)
	message := func(id string, requested time.Time, course string) string {
		b := booked{id: id, contact: ann, identity: "+12065550100", requested: requested, course: course, toHand: time.Second, toCarrier: time.Second}
		return b.body(b.words()[len(b.words())-1])
	}
	mustWork(t, events(s).Work(ctx, records(
		message("open", fresh, "queued"), message("overdue", old, "queued"), message("odd", fresh, "a new word"), message("done", fresh, "delivered"),
		"nonsense",
	)))
	mustWork(t, events(s).Work(ctx, records(message("done", fresh, "delivered"))))
	for _, statement := range []string{
		`INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, state, not_before, settled_at) VALUES
			('1', 1, 'reply', 'alerts', '1', '1', 'planned', now() - interval '1 hour', NULL), ('2', 1, 'reply', 'alerts', '1', '1', 'planned', now(), NULL),
			('3', 1, 'sync_optout', 'alerts', '1', '1', 'failed', now(), now()), ('4', 1, 'reply', 'alerts', '1', '1', 'unknown', now(), now())`,
		`INSERT INTO heed.consent (program, contact, state, since, held_at) VALUES ('alerts', '+14255550101', 'held', now(), now())`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	got := states()
	if got["rollup_waiting"] != "ok 2" {
		t.Errorf("two quarters of an hour wait to be counted: %s", got["rollup_waiting"])
	}
	refresh(t, s, now)
	got = states()
	for name, want := range map[string]string{
		"open": "ok 2", "open_overdue": "attention 1", "unknown_words BRAND_NEW": "attention 1", "parked malformed_json": "attention 1", "outbox reply planned": "attention 2",
		"outbox sync_optout failed": "attention 1", "outbox reply unknown": "ok 1", "review_queue": "ok 1", "orphans": "ok 4", "rollup_waiting": "ok 0", "details_waiting": "ok 0",
		"duplicates": "ok 1", "late_finals": "ok 0", "no_receipt": "ok 0",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}
