package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/sms"
)

const readFile = `
version: 1
programs:
  acme:
    brand: Acme
    optOutList: acme
    identities: ["+12065550100", "+12065550101", pool-1, phone-1]
    pools: {pool-1: ["+12065550102", "+12065550103"], phone-1: ["+12065550104"]}
    locales: [en, es]
    keywords:
      - {words: [JOIN], match: first_word, action: opt_in, reply: "Welcome"}
      - {words: [MENU], reply: "program menu"}
      - {words: [MENU], reply: "number menu", on: ["+12065550100", "+12065550102", phone-1]}
      - {words: [MENU], reply: "pool menu", on: [pool-1]}
      - {words: [PAUSE], action: opt_out}
      - {words: [SALE], match: contains_word, reply: "s"}
      - {name: trial, words: [sale, summer], match: contains_word, observe: true, action: forward}
      - {name: trial 2, words: [".*"], match: regex, observe: true, action: opt_out}
      - {words: [STOP], match: first_word, action: forward}
`

func TestRead(t *testing.T) {
	p := parsed(t, readFile).Programs[0]
	for _, test := range []struct {
		why      string
		to       sms.Identity
		text     string
		want     Reading // without Rule and Observed
		rule     string
		observed string
	}{
		{
			"a compliance word, with its sources",
			"+12065550100", "Revoke!",
			Reading{
				Verdict: "opt_out", Reason: "opt_out_word", Matched: "Revoke", Tier: 1, Keyword: "REVOKE",
				Sources: []string{"47 CFR 64.1200(a)(10)", "Twilio default STOP filtering"},
			},
			"", "",
		},
		{
			"a rule by the first word sees STOP only with more behind it",
			"+12065550100", "STOP 12345",
			Reading{Verdict: "keyword", Reason: "program_keyword", Matched: "STOP", Keyword: "STOP", Args: []string{"12345"}},
			"acme/keywords[8]", "trial 2",
		},
		{
			"a rule that opts in",
			"+12065550100", "Join Spring",
			Reading{Verdict: "opt_in", Reason: "rule", Matched: "Join", Keyword: "JOIN", Args: []string{"Spring"}},
			"acme/keywords[0]", "trial 2",
		},
		{
			"a rule that opts out",
			"+12065550100", "pause",
			Reading{Verdict: "opt_out", Reason: "rule", Matched: "pause", Keyword: "PAUSE"},
			"acme/keywords[4]", "trial 2",
		},
		{
			"the number's rule before the program's",
			"+12065550100", "menu",
			Reading{Verdict: "keyword", Reason: "number_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[2]", "trial 2",
		},
		{
			"the number's before its pool's",
			"+12065550102", "menu",
			Reading{Verdict: "keyword", Reason: "number_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[2]", "trial 2",
		},
		{
			"the pool's before the program's",
			"+12065550103", "menu",
			Reading{Verdict: "keyword", Reason: "pool_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[3]", "trial 2",
		},
		{
			"the pool itself, where a payload names it",
			"pool-1", "menu",
			Reading{Verdict: "keyword", Reason: "pool_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[3]", "trial 2",
		},
		{
			"a rule on AWS's id of a number is a rule on the number",
			"+12065550104", "menu",
			Reading{Verdict: "keyword", Reason: "number_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[2]", "trial 2",
		},
		{
			"the program's elsewhere",
			"+12065550101", "menu",
			Reading{Verdict: "keyword", Reason: "program_keyword", Matched: "menu", Keyword: "MENU"},
			"acme/keywords[1]", "trial 2",
		},
		{
			"rules being tried out are told once each and decide nothing",
			"+12065550101", "the summer sale",
			Reading{Verdict: "keyword", Reason: "program_keyword", Matched: "sale", Keyword: "SALE", Args: []string{"the", "summer"}},
			"acme/keywords[5]", "trial, trial 2",
		},
		{
			"words that match nothing",
			"+12065550101", "hello",
			Reading{Verdict: "none", Reason: "no_match"},
			"", "trial 2",
		},
		{
			"no words at all",
			"+12065550101", "> STOP",
			Reading{Verdict: "none", Reason: "no_words"},
			"", "",
		},
		{
			"a tapback",
			"+12065550101", "Liked “Reply STOP to end”",
			Reading{Verdict: "reaction", Reason: "tapback", Matched: "Liked “Reply STOP to end”"},
			"", "",
		},
	} {
		t.Run(test.why, func(t *testing.T) {
			got := p.Read(test.to, keywords.Clean(test.text), time.Time{})
			rule, observed := "", ""
			if got.Rule != nil {
				rule = got.Rule.Name
			}
			for i, r := range got.Observed {
				observed += strings.Repeat(", ", min(i, 1)) + r.Name
			}
			if rule != test.rule || observed != test.observed {
				t.Errorf("rule %q, observed %q, want %q and %q", rule, observed, test.rule, test.observed)
			}
			got.Rule, got.Observed = nil, nil
			got.Ignored = "" // the lexicon's; TestUnclearTexts says when
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProgramOfAnIdentity(t *testing.T) {
	rules := parsed(t, readFile)
	for _, id := range []sms.Identity{"+12065550100", "+12065550103", "+12065550104", "pool-1", "phone-1"} {
		if p, ok := rules.Program(id); !ok || p.Name != "acme" {
			t.Errorf("Program(%s) = %v, %v", id, p, ok)
		}
	}
	if p, ok := rules.Program("+12065559999"); ok {
		t.Errorf("an unknown number is in %s", p.Name)
	}
	if p, ok := rules.Named("acme"); !ok || p != rules.Programs[0] {
		t.Error("Named(acme)")
	}
	if _, ok := rules.Named("other"); ok {
		t.Error("Named(other)")
	}
}

func TestDefaultProgram(t *testing.T) {
	for name, rules := range map[string]*Ruleset{"no file": Empty(), "a file without one": parsed(t, readFile)} {
		p := rules.Default()
		if p.Name != "default" || p.Answers != AnswersAWS || p.OptOutList != "" || p.Unmatched.Reply != nil {
			t.Errorf("%s: %+v", name, p)
		}
		for text, want := range map[string]string{"STOP": "opt_out", "baja": "opt_out", "désabonner": "opt_out", "start": "opt_in", "ayuda": "help", "hello": "none"} {
			if got := p.Read("+12065559999", keywords.Clean(text), time.Time{}); got.Verdict != want {
				t.Errorf("%s: %q is %s, want %s", name, text, got.Verdict, want)
			}
		}
		if _, ok := rules.Program("+12065559999"); ok {
			t.Errorf("%s: an unknown number has a program", name)
		}
	}
	own := parsed(t, "version: 1\nprograms: {default: {brand: Acme, answers: heed}}")
	if p := own.Default(); p.Brand != "Acme" || p.Answers != AnswersHeed {
		t.Errorf("own default: %+v", p)
	}
	if got := string(Empty().Settings()); got != `{"scope":"program","programs":{},"identities":{}}` {
		t.Errorf("Settings() = %s", got)
	}
	if got := string(parsed(t, "version: 1\nreports: {context: {tenant: customer}}\nprograms: {a: {brand: A}}").Settings()); !strings.HasSuffix(got, `,"reportKeys":{"tenant":"customer"}}`) {
		t.Errorf("Settings() = %s", got)
	}
}

func TestProgramsOnList(t *testing.T) {
	rules := parsed(t, "version: 1\nprograms:\n  b: {brand: B, optOutList: x, identities: ['24680']}\n  a: {brand: A, optOutList: x, identities: ['24681']}\n  c: {brand: C}")
	if diff := cmp.Diff([]string{"b", "a"}, rules.ProgramsOnList("x")); diff != "" {
		t.Error(diff)
	}
	if got := rules.ProgramsOnList(""); got != nil {
		t.Errorf("no list has %v", got)
	}
}

// What heed says where the operator wrote nothing must satisfy the carriers (CTIA Messaging Principles) and cost
// one part.
func TestDefaultTexts(t *testing.T) {
	p := parsed(t, "version: 1\nprograms: {acme: {brand: Acme Health Services, identities: ['24680']}}").Programs[0]
	for _, test := range []struct {
		name     string
		template *Template
		says     []string
	}{
		{"help", p.Help(), []string{"Acme Health Services", "Msg & data rates may apply", "STOP"}},
		{"opt-out", p.OptOut(), []string{"Acme Health Services", "no more messages", "START"}},
		{"opt-in", p.OptIn(), []string{"Acme Health Services", "Msg frequency", "Msg & data rates may apply", "HELP", "STOP"}},
		{"unclear", p.Ask(), []string{"Acme Health Services", "STOP", "START"}},
		{"double opt-in", sound(defaultDouble), []string{"Acme Health Services", "YES", "Msg & data rates may apply", "HELP", "STOP"}},
	} {
		got, err := test.template.Execute(Data{Brand: p.Brand})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range test.says {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q does not say %q", test.name, got, s)
			}
		}
		if parts, encoding, _ := Parts(got); parts != 1 || encoding != EncodingGSM || len(got) < min10DLC {
			t.Errorf("%s: %q is %d parts in %s", test.name, got, parts, encoding)
		}
		if found := selling(got); found != "" {
			t.Errorf("%s sells: %q", test.name, found)
		}
	}
}

func parsed(t testing.TB, document string) *Ruleset {
	t.Helper()
	rules, findings := Parse("heed.yaml", []byte(document))
	if rules == nil {
		t.Fatal(findings)
	}
	return rules
}
