package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/bundle"
	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/delivery"
	"github.com/heedsms/heed/internal/dossier"
	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/ingress"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/outbox"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/store"
)

const storyRules = `
version: 1
programs:
  alerts:
    brand: Acme
    optOutList: alerts
    identities: ["+12065550100"]
    keywords:
      - {words: [HOURS], match: whole, reply: "9 to 5"}
  shop:
    brand: Shop
    optOutList: shop
    identities: ["+12065550101"]
`

// life is some people's time with heed, played through the handlers of the functions.
type life struct {
	db  *store.Store
	url string
	at  time.Time
	// sent are the ids of the messages that went out, by their text; lists the calls for opt-out lists.
	sent  map[string]string
	calls int
	// refusal is what AWS answers a send, if it does not take it.
	refusal error
}

func (l *life) SendText(_ context.Context, t outbox.Text) (string, error) {
	if l.refusal != nil {
		return "", l.refusal
	}
	l.calls++
	id := fmt.Sprintf("m-%d", l.calls)
	l.sent[string(t.To)+" "+t.Body] = id
	return id, nil
}
func (l *life) PutOptedOut(context.Context, string, sms.Phone) error    { return nil }
func (l *life) PutFeedback(context.Context, string) error               { return nil }
func (l *life) DeleteOptedOut(context.Context, string, sms.Phone) error { return nil }

func newLife(t *testing.T) *life {
	t.Helper()
	l := &life{url: dbtest.New(t), at: day(0), sent: map[string]string{}}
	t.Setenv("DATABASE_URL", l.url)
	var err error
	if l.db, err = store.Open(context.Background(), store.Options{URL: l.url, RulesetTTL: time.Nanosecond}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.db.Close)
	l.apply(t, storyRules)
	return l
}

func (l *life) apply(t *testing.T, document string) {
	t.Helper()
	rules, findings := program.Parse("heed.yaml", []byte(document))
	if rules == nil {
		t.Fatal(findings)
	}
	if _, _, err := l.db.ApplyRuleset(context.Background(), []byte(document), rules.Settings(), "olga", l.at); err != nil {
		t.Fatal(err)
	}
}

func (l *life) now() time.Time { return l.at }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// says has somebody text, a minute after what was before, and everything done that follows.
func (l *life) says(t *testing.T, id, from, to, body string) {
	t.Helper()
	l.at = l.at.Add(time.Minute)
	h := &inbound.Handler{
		Store: l.db, Rules: &inbound.Rules{Documents: l.db, Log: quiet()}, Log: quiet(), Now: func() time.Time { return l.at.Add(time.Second) },
		Executor: &outbox.Executor{Store: l.db, AWS: l, Log: quiet(), Now: func() time.Time { return l.at.Add(2 * time.Second) }},
	}
	payload, err := json.Marshal(map[string]string{"originationNumber": from, "destinationNumber": to, "messageBody": body, "inboundMessageId": id, "messageKeyword": "KEYWORD_1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range h.Work(context.Background(), []ingress.Record{{Source: ingress.SQS, ID: "sqs-" + id, SaidAt: l.at, Body: payload}}) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// delivers tells how a message fared.
func (l *life) delivers(t *testing.T, message, to string, steps ...string) {
	t.Helper()
	requested := l.at.Add(2 * time.Second)
	h := &delivery.Handler{Store: l.db, Log: quiet(), Now: l.now}
	for i, step := range steps {
		body := fmt.Sprintf(`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":%d,"isFinal":%t,"originationPhoneNumber":"+12065550100",
			"destinationPhoneNumber":%q,"isoCountryCode":"US","carrierName":"Example Mobile","messageId":%q,"messageRequestTimestamp":%d,
			"messageStatus":%q,"messageStatusDescription":"as it is","totalMessageParts":1,"totalMessagePrice":0.00581,"totalCarrierFee":0.003}`,
			step, requested.Add(time.Duration(i+1)*time.Second).UnixMilli(), i == len(steps)-1, to, message, requested.UnixMilli(), step)
		for _, err := range h.Work(context.Background(), []ingress.Record{{Source: ingress.SQS, ID: fmt.Sprint(message, i), Body: []byte(body)}}) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

const hostile = `<script>alert("&")</script> ` + "\x1b[2J\u202e" + ` this is harassment`

// annsStory is Ann's, with Bob's beside it.
func annsStory(t *testing.T) *life {
	t.Helper()
	l := newLife(t)
	ctx := context.Background()
	l.says(t, "a1", ann, acme, "hours")
	l.delivers(t, l.sent[ann+" 9 to 5"], ann, "PENDING", "SUCCESSFUL", "DELIVERED")
	l.says(t, "b1", bob, acme, "Bob speaks of his broccoli")
	l.says(t, "a2", ann, acme, hostile)
	events, err := l.db.Events(ctx, ann, "alerts")
	if err != nil || len(events) != 1 || events[0].State != "held" {
		t.Fatalf("%+v: %v", events, err)
	}
	l.at = l.at.Add(time.Hour)
	if _, err := l.db.Decide(ctx, consent.Decision{ID: events[0].ID, As: "none", Reason: "she was angry at her bank", Actor: "olga", Lists: []string{"alerts"}}, l.at); err != nil {
		t.Fatal(err)
	}
	l.apply(t, storyRules+"    unmatched: {reply: \"Sorry?\", every: 24h}\n")
	l.says(t, "b2", bob, acme, "stop")
	l.says(t, "a3", ann, acme, " Stop. ")
	l.delivers(t, "m-of-the-application", ann, "CARRIER_UNREACHABLE")
	l.at = l.at.Add(time.Hour)
	if _, err := l.db.RecordConsent(ctx, []consent.Change{{
		Program: "shop", Contact: ann, State: "opted_out", SaidAt: l.at, Source: "operator", Actor: "olga",
		Evidence: map[string]any{"reason": "she rang us"}, Lists: []string{"shop"},
	}}, l.at); err != nil {
		t.Fatal(err)
	}
	l.exec(t, `INSERT INTO heed.suspension (contact, reason, since, message_id, lifted_at, lifted_by) VALUES ($1, 'INVALID', $2, 'm-of-the-application', $3, 'a sign of life')`, ann, l.at, l.at.Add(time.Hour))
	l.exec(t, `INSERT INTO heed.legal_hold (contact, reason, placed_at, placed_by) VALUES ($1, 'Doe v. Acme', $2, 'counsel')`, ann, l.at.Add(2*time.Hour))
	return l
}

func (l *life) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := l.db.Pool().Exec(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// inOrder says what of the wanted is not in a text, or not in that order.
func inOrder(text string, wanted ...string) error {
	rest := text
	for _, w := range wanted {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			return fmt.Errorf("%q is not there, or not in its place:\n%s", w, text)
		}
		rest = after
	}
	return nil
}

// The whole story of a person, whatever way their number is written, in the order in which it happened.
func TestExplain(t *testing.T) {
	annsStory(t)
	code, out, errs := heed(t, "", "explain", "1 (425) 555-0101", "--at", "2026-11-01T12:30:00Z")
	if code != 0 || errs != "" {
		t.Errorf("exit %d, says %q", code, errs)
	}
	if err := inOrder(out,
		"+14255550101, as of ",
		"alerts\n    now: no: they opted out, since 2026-11-01 13:05:00 UTC (event 4)",
		"at 2026-11-01 12:30:00 UTC: yes: nothing is recorded that forbids it",
		"as far as heed knew then: no: what they wrote may be a request",
		"AWS's opt-out list agrees",
		"shop\n    now: no: they opted out",
		"AWS's opt-out list does not follow yet",
		"2026-11-01 12:01:00 UTC  alerts  Text to +12065550100: keyword", `words          "hours"`, "ruleset version 1, applied 2026-11-01 12:00:00 UTC by olga",
		"2026-11-01 12:01:01 UTC  alerts  Reply (keyword): handed to AWS", `message        "9 to 5"`, "AWS's id       m-1", "delivery       delivered",
		"2026-11-01 12:01:02 UTC  alerts  Delivery of heed's message from +12065550100: delivered",
		"2026-11-01 12:01:03 UTC, PENDING (sent), as it is, Example Mobile, US", "DELIVERED (delivered)", "0.00581 USD",
		"Text to +12065550100: unclear", `words          "<script>alert(\"&\")</script> \x1b[2J\u202e this is harassment"`, "complaint",
		"Held for alerts", "word list      2026", "link 1 of alerts",
		"2026-11-01 13:03:00 UTC  alerts  Decided for alerts: event 1, what was held, is released", "actor          olga", "she was angry at her bank", "link 2 of alerts",
		"Text to +12065550100: opt_out", "listed word    STOP (47 CFR 64.1200(a)(10)", "ruleset version 2",
		"Opted out of alerts", "actor          the person", "event 4, link 4 of alerts",
		"Reply (opt out): handed to AWS",
		"AWS opt-out list alerts: made to agree",
		"Message from +12065550100: undeliverable", "CARRIER_UNREACHABLE",
		"Opted out of shop", "she rang us",
		"AWS opt-out list shop: planned",
		"Suspended: INVALID", "Suspension lifted", "Legal hold placed", "Doe v. Acme",
		"version 1, applied", "version 2, applied",
	); err != nil {
		t.Error(err)
	}
	if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, "broccoli") || strings.Contains(out, bob) || strings.Contains(out, "ALTERED") {
		t.Errorf("what must not be there is there:\n%s", out)
	}
}

// What AWS refused is told of as what it is: once as what heed promised, once as what became of it.
func TestExplainARefusal(t *testing.T) {
	l := newLife(t)
	l.refusal = &types.ServiceQuotaExceededException{Reason: types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText}
	l.says(t, "a1", ann, acme, "hours")
	code, out, errs := heed(t, "", "explain", ann)
	if code != 0 || errs != "" {
		t.Errorf("exit %d, says %q", code, errs)
	}
	if err := inOrder(out,
		"Reply (keyword): refused by AWS, it never went out", `message        "9 to 5"`, "error          spend_limit",
		"Refused by AWS, never sent: heed's message from +12065550100", "heed's action", "AWS said       MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", "reason         spend_limit", "heed_inbound: a1",
	); err != nil {
		t.Error(err)
	}
	if strings.Contains(out, "delivery ") || strings.Contains(out, "event          ") {
		t.Errorf("it tells of a delivery:\n%s", out)
	}
}

// Each row: a way to ask, and the exit code; 1 for no, 2 for wrong use.
func TestExplainIsAsked(t *testing.T) {
	annsStory(t)
	there := filepath.Join(t.TempDir(), "there.zip")
	if err := os.WriteFile(there, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sentence string
		args     []string
		code     int
		has      string
		hasNot   string
	}{
		{"of somebody unknown there is nothing to tell", []string{"+14255550199"}, 1, "nothing is known of +14255550199", ""},
		{"a time without anything is no stranger's", []string{ann, "--since", "2026-11-10"}, 0, "Nothing happened in that time", "Text to"},
		{"since is in, until is not", []string{ann, "--since", "2026-11-01T12:01:00Z", "--until", "2026-11-01T12:03:00Z"}, 0, `"hours"`, "unclear"},
		{"one program", []string{ann, "--program", "shop"}, 0, "she rang us", "alerts"},
		{"the newest", []string{ann, "--limit", "2"}, 0, "The newest 2 entries", "Opted out"},
		{"all of them", []string{ann, "--limit", "0"}, 0, `"hours"`, "The newest"},
		{"another zone", []string{ann, "--zone", "America/New_York"}, 0, "2026-11-01 07:01:00 -0500  alerts  Text", "UTC"},
		{"no zone", []string{ann, "--zone", "Atlantis"}, 2, "--zone", ""},
		{"no time", []string{ann, "--since", "yore"}, 2, "--since", ""},
		{"no range", []string{ann, "--since", "2026-11-02", "--until", "2026-11-01"}, 2, "before --until", ""},
		{"no number of entries", []string{ann, "--limit=-1"}, 2, "--limit", ""},
		{"nobody", []string{" "}, 2, "contact", ""},
		{"two documents at once", []string{ann, "--json", "--bundle", "x.zip"}, 2, "--json or --bundle", ""},
		{"force of nothing", []string{ann, "--force"}, 2, "--bundle", ""},
		{"a file that is there stays", []string{ann, "--bundle", there}, 2, "is there already", ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			code, out, errs := heed(t, "", append([]string{"explain"}, c.args...)...)
			if said := out + errs; code != c.code || !strings.Contains(said, c.has) || c.hasNot != "" && strings.Contains(said, c.hasNot) {
				t.Errorf("exit %d\n%s", code, said)
			}
		})
	}
	if content, err := os.ReadFile(there); err != nil || string(content) != "another" {
		t.Errorf("the file holds %q: %v", content, err)
	}
}

// The document for machines is one JSON object that holds what the story tells.
func TestExplainAsJSON(t *testing.T) {
	annsStory(t)
	for _, c := range []struct {
		sentence string
		args     []string
		kinds    string
	}{
		{"all of it", nil, "text action message text consent consent text consent action action message consent action suspension suspension_lifted legal_hold"},
		{"nothing", []string{"--since", "2026-11-10"}, ""},
	} {
		code, out, errs := heed(t, "", append([]string{"explain", ann, "--json"}, c.args...)...)
		var d dossier.Dossier
		decoder := json.NewDecoder(strings.NewReader(out))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&d); err != nil || code != 0 || errs != "" {
			t.Fatalf("exit %d, says %q: %v\n%s", code, errs, err, out)
		}
		var kinds []string
		for _, e := range d.Entries {
			kinds = append(kinds, e.Kind)
		}
		if got := strings.Join(kinds, " "); got != c.kinds || len(d.Standings) != 2 || d.Standings[0].Now.Reason != "opted_out" || len(d.Heads) != 2 || decoder.More() {
			t.Errorf("%s: %s, %+v", c.sentence, got, d.Standings)
		}
		for _, e := range d.Entries {
			if e.Text != nil && e.Text.ID == "a2" && (e.Text.Body != hostile || len(e.Text.Reading.Steps) == 0 || e.Text.Reading.Differs) {
				t.Errorf("%s: her words are %+v", c.sentence, e.Text)
			}
		}
	}
}

// A text that an older heed decided otherwise is shown as it was decided, and that it reads otherwise today; one whose
// words retention removed says so.
func TestExplainReadsAgain(t *testing.T) {
	l := annsStory(t)
	l.exec(t, `UPDATE heed.inbound SET verdict = 'none', reason = 'no_match', matched = '' WHERE inbound_message_id = 'a3'`)
	l.exec(t, `UPDATE heed.inbound SET body = '', raw = '' WHERE inbound_message_id = 'a1'`)
	code, out, errs := heed(t, "", "explain", ann)
	if err := inOrder(out, "Text to +12065550100: keyword", "words          removed by retention", "Text to +12065550100: none", "meaning        none, because no_match",
		`reads today    opt_out, because opt_out_word on "Stop", with word list 2026`); err != nil || code != 0 {
		t.Errorf("exit %d, says %q: %v", code, errs, err)
	}
	if strings.Count(out, "reads today") != 1 {
		t.Errorf("more than one text reads otherwise:\n%s", out)
	}
}

// A row of the ledger that a superuser changed is told wherever it is shown.
func TestExplainTellsAnAlteredLedger(t *testing.T) {
	l := annsStory(t)
	l.exec(t, `ALTER TABLE heed.consent_event DISABLE TRIGGER append_only`)
	l.exec(t, `UPDATE heed.consent_event SET evidence = evidence || '{"text": "please go on"}' WHERE inbound_message_id = 'a3'`)
	for _, args := range [][]string{{}, {"--json"}, {"--bundle", filepath.Join(t.TempDir(), "b.zip")}} {
		code, out, errs := heed(t, "", append([]string{"explain", ann}, args...)...)
		if code != 1 || !strings.Contains(errs, "events [4]") || len(args) == 0 && !strings.Contains(out, "ALTERED") {
			t.Errorf("%v: exit %d, says %q\n%s", args, code, errs, out)
		}
	}
}

// Of a person who was forgotten the ledger's rows are left, and found by the number.
func TestExplainTheForgotten(t *testing.T) {
	l := annsStory(t)
	l.exec(t, `INSERT INTO heed.pseudonym_key (inner_pad, outer_pad) VALUES ('\x01', '\x02') ON CONFLICT DO NOTHING`)
	l.exec(t, `ALTER TABLE heed.consent_event DISABLE TRIGGER append_only`)
	l.exec(t, `UPDATE heed.consent_event SET contact = heed.pseudonym(contact), evidence = '{}', salt = NULL, inbound_message_id = NULL, actor = NULL, forgotten_at = $2 WHERE contact = $1`, ann, l.at)
	l.exec(t, `UPDATE heed.consent SET contact = heed.pseudonym(contact) WHERE contact = $1`, ann)
	for _, table := range []string{"inbound", "outbox", "message", "delivery_event", "suspension", "legal_hold"} {
		l.exec(t, `DELETE FROM heed.`+table+` WHERE contact = $1`, ann)
	}
	code, out, errs := heed(t, "", "explain", ann)
	if err := inOrder(out, "This person was forgotten on request", "alerts\n    now: no: they opted out", "Held for alerts", "is released", "Opted out of alerts", "the words are gone", "Opted out of shop"); err != nil || code != 0 || errs != "" {
		t.Errorf("exit %d, says %q: %v", code, errs, err)
	}
	if strings.Contains(out, "hours") || strings.Contains(out, "harassment") || strings.Contains(out, "ALTERED") {
		t.Errorf("more than that is left:\n%s", out)
	}
	files := unzip(t, bundled(t))
	recompute(t, files["ledger.jsonl"], 4)
	if !strings.Contains(files["README.txt"], "was forgotten") {
		t.Error("README.txt does not say it")
	}
}

// bundled writes Ann's bundle and gives its name.
func bundled(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "ann.zip")
	if code, out, errs := heed(t, "", "explain", ann, "--bundle", file); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	return file
}

func unzip(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(content)
	}
	return files
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

// recompute makes the hashes of the ledger's rows of their columns, as README.txt says.
func recompute(t *testing.T, lines string, rows int) {
	t.Helper()
	n := 0
	for line := range strings.Lines(lines) {
		n++
		var r struct {
			ID, Seq                                                         int64
			Program, State, Source, Contact, Evidence, Sealed, Hash, Public string
			SaidAt                                                          time.Time `json:"said_at"`
			RecordedAt                                                      time.Time `json:"recorded_at"`
			OfEvent                                                         *int64    `json:"of_event"`
			MessageID                                                       *string   `json:"inbound_message_id"`
			Previous                                                        string    `json:"previous_hash"`
			Actor, Salt, Private                                            *string
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		text := func(s *string) string {
			if s == nil {
				return "-"
			}
			return fmt.Sprintf("%d:%s", len(*s), *s)
		}
		of := "-"
		if r.OfEvent != nil {
			of = fmt.Sprint(*r.OfEvent)
		}
		public := fmt.Sprintf("heed1|%d|%d|%s|%s|%d|%d|%s|%s|", r.ID, r.Seq, text(&r.Program), r.State, r.SaidAt.UnixMicro(), r.RecordedAt.UnixMicro(), r.Source, of)
		if public != r.Public {
			t.Errorf("the public part is %q, by the rule %q", r.Public, public)
		}
		if r.Private != nil {
			private := fmt.Sprintf("heed1|%s|%s|%s|%s|%s", *r.Salt, text(&r.Contact), text(r.MessageID), text(r.Actor), r.Evidence)
			if private != *r.Private || sum(private) != r.Sealed {
				t.Errorf("the private part is %q, by the rule %q, sealed as %s", *r.Private, private, r.Sealed)
			}
		} else if r.Salt != nil || !strings.HasPrefix(r.Contact, "#") {
			t.Errorf("a row has no private part: %s", line)
		}
		previous, err1 := hex.DecodeString(r.Previous)
		sealed, err2 := hex.DecodeString(r.Sealed)
		if err1 != nil || err2 != nil || sum(string(previous)+public+string(sealed)) != r.Hash || (r.Previous == "") != (r.Seq == 1) {
			t.Errorf("row %d: hash %s does not come of what is there: %s", r.ID, r.Hash, line)
		}
	}
	if n != rows {
		t.Errorf("%d rows of the ledger, want %d", n, rows)
	}
}

// The bundle proves itself: each file matches the manifest, the manifest what was printed, each row of the ledger its
// hash. Nothing in it is of anybody else.
func TestBundle(t *testing.T) {
	l := annsStory(t)
	file := filepath.Join(t.TempDir(), "ann.zip")
	for _, more := range [][]string{nil, {"--force"}} {
		code, out, errs := heed(t, "", append([]string{"explain", ann, "--bundle", file}, more...)...)
		if code != 0 || errs != "" {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
		files := unzip(t, file)
		var names []string
		for line := range strings.Lines(files["MANIFEST.sha256"]) {
			hash, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
			names = append(names, name)
			if sum(files[name]) != hash {
				t.Errorf("%s does not match the manifest", name)
			}
		}
		if want := "README.txt dossier.html dossier.json ledger.jsonl rulesets/1.yaml rulesets/2.yaml word-list.txt"; strings.Join(names, " ") != want || len(files) != len(names)+1 {
			t.Errorf("the manifest names %v, of %d files", names, len(files))
		}
		var head string
		if err := l.db.Pool().QueryRow(context.Background(), `SELECT encode(hash, 'hex') FROM heed.consent_chain WHERE program = 'alerts'`).Scan(&head); err != nil {
			t.Fatal(err)
		}
		if err := inOrder(out, sum(files["MANIFEST.sha256"]), "newest link of alerts: 4 "+head, "newest link of shop: 1 "); err != nil {
			t.Error(err)
		}
		recompute(t, files["ledger.jsonl"], 4)
		if files["rulesets/1.yaml"] != storyRules || !strings.Contains(files["word-list.txt"], `a3 | 1 | "Stop" | STOP | 47 CFR`) || !strings.Contains(files["README.txt"], head) {
			t.Errorf("rules, words or README are not what they have to be:\n%s\n%s", files["word-list.txt"], files["README.txt"])
		}
		for name, content := range files {
			if regexp.MustCompile(`4255550102|broccoli|\bb[12]\b`).MatchString(content) {
				t.Errorf("%s tells of Bob", name)
			}
		}
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if info, statErr := os.Stat(file); err != nil || statErr != nil || len(left) != 1 || info.Mode().Perm() != 0o600 {
		t.Errorf("left behind: %v, %v, %v", left, err, statErr)
	}
}

// The page is text and nothing but: what a stranger wrote is shown, and does nothing.
func TestBundlePage(t *testing.T) {
	annsStory(t)
	page := unzip(t, bundled(t))["dossier.html"]
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var text strings.Builder
	elements := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			elements[x.Name.Local]++
			for _, a := range x.Attr {
				if a.Name.Local == "src" || a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("<%s %s=%q>", x.Name.Local, a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			text.Write(x)
		}
	}
	if elements["script"] > 0 || elements["link"] > 0 || elements["img"] > 0 || elements["table"] < 4 || elements["h1"] != 1 || elements["main"] != 1 || elements["caption"] == 0 {
		t.Errorf("elements: %v", elements)
	}
	if err := inOrder(text.String(), "May they be texted?", "no: they opted out", "What happened", `<script>alert("&")</script> ⟨U+001B⟩[2J⟨U+202E⟩ this is harassment`, "The ledger", "the same"); err != nil {
		t.Error(err)
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "\u202e") || strings.Contains(page, "url(") || strings.Contains(page, "@import") {
		t.Error("the page holds what does something")
	}
}

// The same rows make the same bytes, in whatever order they were read.
func TestBundleIsTheSame(t *testing.T) {
	l := annsStory(t)
	q := dossier.Question{Contact: ann}
	var first []byte
	for i := range 3 {
		known, err := l.db.Known(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		newRereader(known.Rulesets).readAll(known.Texts)
		if i > 0 {
			slices.Reverse(known.Texts)
			slices.Reverse(known.Events)
			slices.Reverse(known.Actions)
			slices.Reverse(known.Messages)
			slices.Reverse(known.Standings)
		}
		var b bytes.Buffer
		if _, err := bundle.Write(&b, known.Assemble(q, "test", "words", day(20)), bundle.Zone{}); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		}
		if !bytes.Equal(first, b.Bytes()) {
			t.Error("the second bundle is another")
		}
	}
}
