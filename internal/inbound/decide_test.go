package inbound

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

const document = `
version: 1
consent: {scope: %s}
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100", "+18005550100", "rcs-00112233445566778899aabbccddeeff"]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome to {{.Brand}}."}
      - {words: [LEAVE], match: whole, action: opt_out}
      - {words: [CODE], match: first_word, reply: "Code {{index .Args 0}}"}
      - {words: [SALE], match: contains_word, reply: "Sale!", observe: true}
    unmatched: {reply: "Sorry?", every: 24h}
  shop:
    brand: Shop
    optOutList: shop
    identities: ["+12065550101"]
    answers: aws
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
`

func ruleset(t *testing.T, scope string) *program.Ruleset {
	t.Helper()
	// A template that needs an argument is refused by the checks; here one is wanted that fails.
	doc := strings.Replace(fmt.Sprintf(document, scope), "Code {{index .Args 0}}", "Code {{if .Args}}{{index .Args 0}}{{end}}", 1)
	rules, findings := program.Parse("heed.yaml", []byte(doc))
	if rules == nil {
		t.Fatal(findings)
	}
	return rules
}

func planned(d Decision) string {
	var steps []string
	for _, a := range d.Actions {
		switch a.Kind {
		case outbox.Reply:
			steps = append(steps, fmt.Sprintf("%d reply %s %q", a.Seq, a.Purpose, a.Body))
		case outbox.SyncOptOut:
			steps = append(steps, fmt.Sprintf("%d sync %s", a.Seq, a.List))
		default:
			steps = append(steps, fmt.Sprintf("%s %d %s %s", a.Chain, a.Seq, a.Kind, a.Body))
		}
	}
	return strings.Join(steps, ", ")
}

// Each row: what came in, and what follows.
func TestDecide(t *testing.T) {
	t.Parallel()
	const acme, free, agent, shop = "+12065550100", "+18005550100", "rcs-00112233445566778899aabbccddeeff", "+12065550101"
	const confirmed = `"Acme: You are opted out and will get no more messages. Reply START to return."`
	for _, c := range []struct {
		sentence, to, body, scope string
		verdict, reason, consent  string
		plan                      string
		from                      string
	}{
		{"STOP is confirmed first and listed after, because AWS refuses texts to a listed number", acme, "stop", "program", "opt_out", "opt_out_word", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts", ""},
		{"START is taken off the list first, for the same reason", acme, "START", "program", "opt_in", "opt_in_word", "opted_in", `1 sync alerts, 2 reply opt_in "Acme: You are opted in. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end."`, ""},
		{"an operator's opt-in has its own words", acme, "Join now", "program", "opt_in", "rule", "opted_in", `1 sync alerts, 2 reply opt_in "Welcome to Acme."`, ""},
		{"an operator's opt-out without a text has the program's", acme, "leave", "program", "opt_out", "rule", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts", ""},
		{"arguments reach the reply", acme, "CODE 42", "program", "keyword", "program_keyword", "", `1 reply keyword "Code 42"`, ""},
		{"on US toll-free the carrier answers STOP", free, "STOP", "program", "opt_out", "opt_out_word", "opted_out", "1 sync alerts", ""},
		{"and START", free, "START", "program", "opt_in", "opt_in_word", "opted_in", "1 sync alerts", ""},
		{"but not HELP", free, "HELP", "program", "help", "help_word", "", `1 reply help "Acme: Msg frequency varies. Msg & data rates may apply. Reply STOP to end."`, ""},
		{"in an AWS-managed program AWS answers, the list is kept in step", shop, "STOP", "program", "opt_out", "opt_out_word", "opted_out", "1 sync shop", ""},
		{"there heed answers the operator's keywords only", shop, "hours", "program", "keyword", "program_keyword", "", `1 reply keyword "9 to 5"`, ""},
		{"and no HELP", shop, "help", "program", "help", "help_word", "", "", ""},
		{"under sender scope one STOP stops all lists", acme, "STOP", "sender", "opt_out", "opt_out_word", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts, 3 sync shop", ""},
		{"what nothing matches is answered with a pause", acme, "hello", "program", "none", "no_match", "", `1 reply unmatched "Sorry?"`, ""},
		{"a rule on trial has no effect", acme, "any sale", "program", "none", "no_match", "", `1 reply unmatched "Sorry?"`, ""},
		{"a tapback is no text", acme, "Liked “Reply STOP to end”", "program", "reaction", "tapback", "", "", ""},
		{"typing is an event", agent, `{"type":"RCS_TYPING","receivedAt":"2026-11-20T17:36:29.937+0000"}`, "program", "event", "rcs_typing", "", "", ""},
		{"a tap counts by its postback", agent, `{"type":"SUGGESTION","text":"Leave us","postbackData":"STOP"}`, "program", "opt_out", "opt_out_word", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts", ""},
		{"or by its label", agent, `{"type":"SUGGESTION","text":"STOP","postbackData":"btn-7"}`, "program", "opt_out", "opt_out_word", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts", ""},
		{"any type with UNSUBSCRIBE is a request to stop", agent, `{"type":"USER_UNSUBSCRIBE_V2"}`, "program", "opt_out", "rcs_unsubscribe", "opted_out", "1 reply opt_out " + confirmed + ", 2 sync alerts", ""},
		{"a sender without a number gets no reply and keeps its STOP", acme, "STOP", "program", "opt_out", "opt_out_word", "opted_out", "", "AMAZON"},
		{"an unconfigured number is heard under default", "+12065550199", "STOP", "program", "opt_out", "opt_out_word", "opted_out", "", ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			from := c.from
			if from == "" {
				from = "+14255550101"
			}
			in, err := sms.ParseInbound(fmt.Appendf(nil, `{"originationNumber":%q,"destinationNumber":%q,"messageBody":%q,"inboundMessageId":"i"}`, from, c.to, c.body))
			if err != nil {
				t.Fatal(err)
			}
			d := Decide(ruleset(t, c.scope), &in, time.Unix(0, 0))
			if d.Verdict != c.verdict || d.Reason != c.reason || string(d.Consent) != c.consent {
				t.Errorf("%s (%s) %s, want %s (%s) %s", d.Verdict, d.Reason, d.Consent, c.verdict, c.reason, c.consent)
			}
			if got := planned(d); got != c.plan {
				t.Errorf("plan\n got %s\nwant %s", got, c.plan)
			}
		})
	}
}

// A confirmation is worth five minutes, anything else an hour.
func TestRepliesExpire(t *testing.T) {
	t.Parallel()
	said := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for body, within := range map[string]time.Duration{"STOP": 5 * time.Minute, "HELP": time.Hour, "hello": time.Hour} {
		in := &sms.Inbound{ID: "i", Variant: sms.VariantSMS, Contact: "+14255550101", Identity: "+12065550100", Body: body, Said: []string{body}}
		d := Decide(ruleset(t, "program"), in, said)
		if got := d.Actions[0].ExpiresAt.Sub(said); got != within {
			t.Errorf("%s: the reply is worth %s, want %s", body, got, within)
		}
	}
}

// Each row: a text, and what is for the application and for AWS's feedback besides its replies. Both stand in chains of
// their own, behind the text's.
func TestDecideBesideReplies(t *testing.T) {
	t.Parallel()
	rules, findings := program.Parse("heed.yaml", []byte(`
version: 1
programs:
  alerts:
    brand: Acme
    identities: ["+12065550100", "rcs-00112233445566778899aabbccddeeff"]
    feedback: true
    keywords:
      - {name: order, words: [ORDER], match: first_word, action: forward, reply: "We look."}
      - {name: trial, words: [TRIAL], match: whole, action: forward, observe: true}
  shop: {brand: Shop, identities: ["+12065550101"], keywords: [{name: size, words: [SIZE], match: first_word, action: forward}]}
`))
	if rules == nil {
		t.Fatal(findings)
	}
	const acme, agent, shop = "+12065550100", "rcs-00112233445566778899aabbccddeeff", "+12065550101"
	words := func(identity, program, text, rule, keyword, args, previous, variant string) string {
		return fmt.Sprintf(`forward/%s/i/%s 1 publish {"version":1,"id":"text/%[1]s/i/%s","program":%q,"contact":"+14255550101","identity":%[1]q,"text":%[4]q,"rule":%q,"keyword":%q,"args":%s,`+
			`"verdict":"keyword","reason":"program_keyword","said_at":"2026-11-20T12:00:00.25Z","inbound_message_id":"i",%s"ruleset_version":0}`, identity, variant, program, text, rule, keyword, args, previous)
	}
	for _, c := range []struct{ sentence, to, body, previous, plan string }{
		{"a forwarded text is answered, and told", acme, "Order  4711, blue", "", `1 reply keyword "We look.", ` + words(acme, "alerts", "Order  4711, blue", "order", "ORDER", `["4711","blue"]`, "", "sms")},
		{"without a reply it is told alone", shop, "size", "m-1", words(shop, "shop", "size", "size", "SIZE", "[]", `"previous_message_id":"m-1",`, "sms")},
		{"a tapped suggestion by its postback", agent, `{"type":"SUGGESTION","text":"My order","postbackData":"ORDER 1"}`, "", `1 reply keyword "We look.", ` + words(agent, "alerts", "ORDER 1", "order", "ORDER", `["1"]`, "", "rcs_suggestion")},
		{"a rule on trial tells nobody", acme, "TRIAL", "", ""},
		{"a compliance word is not forwarded", acme, "HELP", "", `1 reply help "Acme: Msg frequency varies. Msg & data rates may apply. Reply STOP to end."`},
		{"an answer proves that the message came", acme, "thanks", "m-1", "feedback/m-1 1 feedback m-1"},
		{"so does a reaction", acme, "Liked “See you”", "m-1", "feedback/m-1 1 feedback m-1"},
		{"typing is no answer", agent, `{"type":"RCS_TYPING"}`, "m-1", ""},
		{"an id that AWS cannot have given", acme, "thanks", "m 1", ""},
		{"nor this one", acme, "thanks", strings.Repeat("m", 257), ""},
		{"the longest", acme, "thanks", strings.Repeat("m", 256), "feedback/" + strings.Repeat("m", 256) + " 1 feedback " + strings.Repeat("m", 256)},
	} {
		in, err := sms.ParseInbound(fmt.Appendf(nil, `{"originationNumber":"+14255550101","destinationNumber":%q,"messageBody":%q,"inboundMessageId":"i","previousPublishedMessageId":%q}`, c.to, c.body, c.previous))
		if err != nil {
			t.Fatal(err)
		}
		said := time.Date(2026, 11, 20, 12, 0, 0, 250e6, time.UTC)
		d := Decide(rules, &in, said)
		if got := planned(d); got != c.plan {
			t.Errorf("%s\n got %s\nwant %s", c.sentence, got, c.plan)
		}
		for _, a := range d.Actions {
			if a.Kind == outbox.Feedback && !a.ExpiresAt.Equal(said.Add(time.Hour)) {
				t.Errorf("%s: worth something until %s", c.sentence, a.ExpiresAt)
			}
		}
	}
}
