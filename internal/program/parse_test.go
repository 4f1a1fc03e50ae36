package program

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// head begins a file whose first program is complete, so that a test adds only what it is about.
const head = `version: 1
programs:
  acme:
    brand: Acme
    optOutList: acme
    texts: {help: "{{.Brand}}: help at acme.example. Reply STOP to end."}
    identities: ["+12065550100"]
`

// checkedAt is when the files of tests are checked.
var checkedAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestFindings(t *testing.T) {
	for _, test := range []struct {
		why      string
		document string
		want     []string // line: severity: code: part of the text
	}{
		// The file as a whole.
		{"a sound file", head, nil},
		{"nothing", "", []string{"0: error: empty: the file is empty"}},
		{"not YAML", "version: 1\nprograms: {a: [}", []string{"1: error: syntax: not YAML"}},
		{"an open quote", "version: \"1\nprograms:\n", []string{"3: error: syntax: not YAML"}},
		{"a list", "- a", []string{"1: error: wrong_type: write a mapping"}},
		{"two documents", head + "---\nversion: 1\n", []string{"8: error: second_document: only the first"}},
		{"no version, no programs", "consent: {scope: program}", []string{"1: error: missing_version", "1: error: no_programs"}},
		{"another version", strings.Replace(head, "1", "2", 1), []string{`1: error: unknown_version: version "2"`}},
		{"programs without any", "version: 1\nprograms: {}", []string{"2: error: no_programs"}},
		{
			"every fault at once, in the order of the file", "version: 1\nreplyLimit: {count: none}\nprograms:\n  acme:\n    brnd: Acme\n    answers: ours\n    keywords: [{word: [X]}]",
			[]string{
				"2: error: wrong_type: replyLimit.count", "2: error: bad_limit", "4: error: missing_brand", "4: advice: no_list", "4: warning: no_identities", "4: advice: no_contact",
				"5: error: unknown_field: did you mean brand?", "6: error: unknown_value: write one of heed, aws",
				"7: error: unknown_field: did you mean words?", "7: error: no_words",
			},
		},

		// Fields.
		{"an unknown field with a near name", head + "    optoutlist: x\n", []string{"8: error: unknown_field: did you mean optOutList?"}},
		{"one with none near", head + "    colour: x\n", []string{"8: error: unknown_field: known here are answers, brand"}},
		{"a field twice", head + "    brand: Other\n", []string{"8: error: duplicate_field: programs.acme.brand is there twice"}},
		{"a program twice", head + "  acme: {brand: B}\n", []string{"8: error: duplicate_field: programs.acme is there twice"}},
		{"a kind of messages that AWS does not have", head + "    messageType: marketing\n", []string{"8: error: unknown_value: write one of transactional, promotional"}},
		{"a word for a truth", head + "    deletionProtection: maybe\n", []string{"8: error: wrong_type: write true or false"}},
		{"a list for a text", head + "    configurationSet: [a]\n", []string{"8: error: wrong_type: programs.acme.configurationSet is a list. write a text"}},
		{"a text for a list", head + "    locales: en\n", []string{"8: error: wrong_type: is a plain value. write a list"}},
		{"a text for a truth", head + "    requireOptIn: \"yes\"\n", []string{"8: error: wrong_type: write true or false"}},
		{"an empty field counts as left out", head + "    locales:\n", nil},
		{"an empty place in a list", head + "    locales: [en, ]\n    keywords: [{words: [~], reply: x}]\n", []string{"9: error: wrong_type: words[0] is nothing", "9: error: empty_keyword"}},
		{"a duration", head + "    unmatched: {every: 7 days}\n", []string{"8: error: bad_duration: 24h, 7d"}},
		{"a limit of nought", head + "    replyLimit: {count: 0}\n", []string{"8: error: bad_limit: HELP has to be answered"}},
		{"an unknown locale", head + "    locales: [en, tlh]\n", []string{`8: error: unknown_locale: unknown locale "tlh": known are `}},
		{"keys of the Context for reports", "reports: {context: {campaign: campaign_id, tenant: customer, template: Tpl.1}}\n" + head, nil},
		{"two columns of one key", "reports: {context: {campaign: x, tenant: x}}\n" + head, nil},
		{"a column that there is not", "reports: {context: {campaigns: x}}\n" + head, []string{"1: error: unknown_field: did you mean campaign?"}},
		{"a key with a blank", "reports: {context: {campaign: my campaign}}\n" + head, []string{`1: error: bad_context_key: "my campaign" is no key of a Context`}},
		{"an empty key", "reports: {context: {campaign: ''}}\n" + head, []string{"1: error: bad_context_key: 1 to 100 characters"}},
		{"the longest key", "reports: {context: {campaign: " + strings.Repeat("é", 100) + "}}\n" + head, nil},
		{"a longer one", "reports: {context: {campaign: " + strings.Repeat("é", 101) + "}}\n" + head, []string{"1: error: bad_context_key"}},
		{"a key of heed's", "reports: {context: {campaign: heed_rule}}\n" + head, []string{"1: error: own_context_key: only heed's replies have it"}},
		{"a list of keys", "reports: {context: {campaign: [a, b]}}\n" + head, []string{"1: error: wrong_type: reports.context.campaign is a list. write a text"}},
		{"a scope", "consent: {scope: senders}\n" + head, []string{"1: error: unknown_value: did you mean sender?"}},
		{"a name AWS would not take", head + "    configurationSet: two words\n", []string{"8: error: bad_resource"}},
		{"a program name with a blank", "version: 1\nprograms:\n  my program: {brand: A, optOutList: a, answers: aws, identities: ['24680']}\n", []string{"3: error: bad_name"}},
		{"no brand, no list", "version: 1\nprograms:\n  acme: {identities: ['24680']}\n", []string{"3: error: missing_brand", "3: advice: no_list", "3: advice: no_contact"}},
		{"AWS's shared list", strings.Replace(head, "optOutList: acme", "optOutList: Default", 1), []string{"5: advice: default_list"}},
		{"aliases and anchors are followed", "version: 1\nprograms:\n  a: {brand: &b Acme, optOutList: a, answers: aws, identities: ['24680']}\n  c: {brand: *b, optOutList: c, answers: aws, identities: ['24681']}\n", nil},
		{"a short code needs no quotes", strings.Replace(head, `"+12065550100"`, "24680, +12065550101", 1), nil},

		// Identities.
		{"no identities", strings.Replace(head, `["+12065550100"]`, "[]", 1), []string{"7: warning: no_identities"}},
		{"what is no identity", strings.Replace(head, `"+12065550100"`, `"+1"`, 1), []string{"7: error: bad_identity"}},
		{"an ARN", strings.Replace(head, `"+12065550100"`, `"arn:aws:sms-voice:us-east-1:111122223333:pool/pool-1"`, 1), []string{"7: error: bad_identity: the id at the end of the ARN"}},
		{"a sender id", strings.Replace(head, `"+12065550100"`, "ACME", 1), []string{"7: advice: sender_id"}},
		{"a pool whose numbers nobody told", strings.Replace(head, `"+12065550100"`, "pool-1", 1), []string{"7: warning: unknown_members: fall to the program default"}},
		{"told for the whole file", `pools: {pool-1: ["24680"]}` + "\n" + strings.Replace(head, `"+12065550100"`, "pool-1", 1), nil},
		{"a number's id", strings.Replace(head, `"+12065550100"`, "phone-1", 1), []string{"7: warning: unknown_members"}},
		{"a pool that is a number", head + "    pools: {'+12065550100': [\"24680\"]}\n", []string{"8: error: bad_pool"}},
		{"a pool in a pool", head + "    pools: {pool-1: [pool-2]}\n", []string{"8: error: bad_member"}},
		{"two programs with one number", head + "  other: {brand: O, optOutList: o, answers: aws, identities: [\"+1 (206) 555-0100\"]}\n", []string{"8: error: duplicate_identity: +12065550100 is in program acme and in program other"}},
		{"one as a member of a pool", head + "  other: {brand: O, optOutList: o, answers: aws, pools: {pool-1: [\"+12065550100\"]}}\n", []string{"8: error: duplicate_identity"}},
		{"two programs with one list, told once", head + "  other: {brand: O, optOutList: acme, answers: aws, identities: ['24680']}\n", []string{"8: warning: shared_list: programs acme, other share"}},

		// Rules.
		{"no words", head + "    keywords: [{reply: x}]\n", []string{"8: error: no_words"}},
		{"no effect", head + "    keywords: [{words: [X]}]\n", []string{"8: error: no_effect"}},
		{"an empty reply is none", head + "    keywords: [{words: [X], reply: ''}]\n", []string{"8: error: no_effect"}},
		{"an action is enough", head + "    keywords: [{words: [X], action: forward}]\n", nil},
		{"an unknown match", head + "    keywords: [{words: [X], match: firstword, reply: x}]\n", []string{"8: error: unknown_value: did you mean first_word?"}},
		{"an unknown action", head + "    keywords: [{words: [X], action: optin}]\n", []string{"8: error: unknown_value: did you mean opt_in?"}},
		{"marks only", head + "    keywords: [{words: ['?'], reply: x}]\n", []string{"8: error: empty_keyword: it has no letter, digit or emoji"}},
		{"a bad expression", head + "    keywords: [{words: ['(?=x)'], match: regex, reply: x}]\n", []string{"8: error: bad_regex: RE2"}},
		{"a compliance word", head + "    keywords: [{words: [JOIN, 'Stop!'], reply: x}]\n", []string{"8: error: compliance_word: never be reached"}},
		{"its sources are named", head + "    keywords: [{words: [revoke], reply: x}]\n", []string{"8: error: compliance_word: 47 CFR 64.1200(a)(10)"}},
		{"one of a locale that is on", head + "    locales: [es]\n    keywords: [{words: [baja], reply: x}]\n", []string{"9: error: compliance_word"}},
		{"the same where it is off", head + "    keywords: [{words: [baja], reply: x}]\n", nil},
		{"a compliance word with more behind it", head + "    keywords: [{words: [STOP], match: first_word, action: forward}]\n", []string{`8: warning: compliance_word: sees only longer texts`}},
		{"AWS's words where AWS listens", "version: 1\nprograms:\n  a: {brand: A, optOutList: a, answers: aws, identities: ['24680'], keywords: [{words: [ENDURANCE], reply: x}]}\n", []string{"3: warning: aws_word: begins with AWS's opt-out word END"}},
		{"where heed listens they are free", head + "    keywords: [{words: [ENDURANCE], reply: x}]\n", nil},
		{"the same keyword twice", head + "    keywords:\n      - {words: [Ring-Up], reply: x}\n      - {words: ['RING UP'], reply: y}\n", []string{"10: error: duplicate_keyword: in rule acme/keywords[1] and in rule acme/keywords[0] (line 9)"}},
		{"with another match it is another", head + "    keywords:\n      - {words: [JOIN], reply: x}\n      - {words: [JOIN], match: first_word, reply: y}\n", nil},
		{"one being tried out", head + "    keywords:\n      - {words: [JOIN], reply: x}\n      - {words: [JOIN], observe: true, reply: y}\n", nil},
		{"twice in one rule", head + "    keywords: [{words: [join, JOIN], reply: x}]\n", []string{"8: advice: repeated_word"}},
		{"a rule with nothing left", head + "    keywords:\n      - {words: [A, B], reply: x}\n      - {words: [b, a], reply: y}\n", []string{"10: error: duplicate_keyword", "10: error: duplicate_keyword", "10: warning: unreachable_rule"}},
		{"on another's number", head + "    keywords: [{words: [X], reply: x, on: ['24680']}]\n", []string{"8: error: foreign_on"}},
		{"on nothing", head + "    keywords: [{words: [X], reply: x, on: []}]\n", []string{"8: error: empty_on"}},
		{"behind a rule on the only number", head + "    keywords:\n      - {words: [sale], match: contains_word, reply: x, on: ['+12065550100']}\n      - {words: [SALE TODAY], reply: y}\n", []string{"10: warning: unreachable_keyword"}},
		{"behind an expression for everything", head + "    keywords:\n      - {words: ['.*'], match: regex, reply: x}\n      - {words: ['a+'], match: regex, reply: y}\n", []string{"9: warning: matches_everything", "10: warning: unreachable_rule: matches every text"}},
		{"two of one name", head + "    keywords:\n      - {name: n, words: [A], reply: x}\n      - {name: n, words: [B], reply: y}\n", []string{"10: error: duplicate_name"}},

		// Texts.
		{"a bad template", head + "    keywords: [{words: [X], reply: '{{.brand}}'}]\n", []string{"8: error: bad_template: did you mean .Brand?"}},
		{"an argument that may be missing", head + "    keywords: [{words: [X], match: first_word, reply: '{{index .Args 0}}'}]\n", []string{"8: error: template_fails: put {{if gt (len .Args) 0}} before it"}},
		{"one that is asked for first", head + "    keywords: [{words: [X], match: first_word, reply: '{{if gt (len .Args) 1}}{{index .Args 1}}{{else}}Which?{{end}}'}]\n", nil},
		{"one too few is asked for", head + "    keywords: [{words: [X], match: first_word, reply: '{{if .Args}}{{index .Args 1}}{{end}}'}]\n", []string{"8: error: template_fails: 1 words"}},
		{"a group of an expression is always there", head + "    keywords: [{words: ['(a)(b)'], match: regex, reply: '{{index .Args 1}}'}]\n", nil},
		{"a reply too long", head + "    keywords: [{words: [X], reply: " + strings.Repeat("a", 1601) + "}]\n", []string{"8: error: too_long"}},
		{"a reply of two parts", head + "    keywords: [{words: [X], reply: " + strings.Repeat("a", 161) + "}]\n", []string{"8: advice: parts: billed as 2 parts (GSM)"}},
		{"a curly quote", head + "    keywords: [{words: [X], reply: \"Don’t – please\"}]\n", []string{`8: advice: unicode: because of ’ –. it is sent and billed as 1 part. write "'" for ’, "-" for –`}},
		{"a script that has no plain form", head + "    keywords: [{words: [X], reply: \"หยุด\"}]\n", nil},
		{"an empty text", head + "  b: {brand: B, optOutList: b, identities: ['24680'], texts: {help: 'B: b@b.example. STOP to end', optOut: ''}}\n", []string{"8: error: empty_text: leave the line out"}},
		{"where AWS answers, texts are not sent", head + "  b: {brand: B, optOutList: b, answers: aws, identities: ['24680'], texts: {help: x}}\n", nil},
	} {
		t.Run(test.why, func(t *testing.T) {
			rules, got := Check("heed.yaml", []byte(test.document), checkedAt)
			failed := false
			for i, f := range got {
				failed = failed || f.Severity == Error
				if i >= len(test.want) || !fits(f, test.want[i]) {
					t.Errorf("finding %d is [%s] %s", i, f.Code, f)
				}
			}
			if len(got) < len(test.want) {
				t.Errorf("not found: %q", test.want[len(got):])
			}
			if (rules == nil) != failed {
				t.Errorf("ruleset %v with findings %v", rules, got)
			}
		})
	}
}

// fits says whether a finding is what a test wants: "line: severity: code: part of the text".
func fits(f Finding, want string) bool {
	parts := strings.SplitN(want, ": ", 4)
	place := strings.SplitN(f.String(), ":", 3)
	return place[1] == parts[0] && string(f.Severity) == parts[1] && f.Code == parts[2] && (len(parts) < 4 || strings.Contains(f.String(), parts[3]))
}

func TestFindingReadsAsASentenceAndAsJSON(t *testing.T) {
	f := Finding{File: "heed.yaml", Line: 7, Severity: Error, Code: "no_words", What: "it has no words", Do: "write some."}
	if got, want := f.String(), "heed.yaml:7: error: it has no words. write some."; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	got, err := json.Marshal(f)
	if want := `{"file":"heed.yaml","line":7,"severity":"error","code":"no_words","what":"it has no words","why":"","do":"write some."}`; string(got) != want || err != nil {
		t.Errorf("JSON %s, %v", got, err)
	}
}

func TestParseFillsIn(t *testing.T) {
	rules := parsed(t, `
version: 1
consent: {scope: sender}
replyLimit: {count: 5, per: 1d}
programs:
  a:
    brand: Acme
    identities: [1-206-555-0100, "24680"]
  b:
    brand: B
    identities: ["24681"]
    answers: aws
    unclear: ask
    requireOptIn: true
    carrierBlocks: ignore
    invalidNumbers: ignore
    feedback: true
    messageType: promotional
    deletionProtection: false
    locales: []
    replyLimit: {count: 3}
    unmatched: {reply: "Sorry?", every: 1d12h}
    keywords: [{words: [X, 1], match: first_word, action: forward, observe: true, on: [24681]}]
`)
	if rules.Scope != ScopeSender {
		t.Errorf("scope %s", rules.Scope)
	}
	a, b := rules.Programs[0], rules.Programs[1]
	if a.Identities[0] != "+12065550100" || a.Answers != AnswersHeed || a.Unclear != UnclearHold || a.RequireOptIn || a.Feedback || a.Unmatched.Reply != nil ||
		a.Unmatched.Every != 24*time.Hour || a.ReplyLimit != (Limit{5, 24 * time.Hour}) || !cmp.Equal(a.Locales, []string{"en"}) ||
		a.CarrierBlocks != CarrierBlocksOptOut || a.InvalidNumbers != InvalidNumbersSuspend || a.MessageType != "" || a.DeletionProtection != nil {
		t.Errorf("defaults: %+v", a)
	}
	if b.Answers != AnswersAWS || b.Unclear != UnclearAsk || !b.RequireOptIn || !b.Feedback || b.Unmatched.Every != 36*time.Hour || b.Unmatched.Reply.Source() != "Sorry?" ||
		b.ReplyLimit != (Limit{3, 24 * time.Hour}) || len(b.Locales) != 0 ||
		b.CarrierBlocks != CarrierBlocksIgnore || b.InvalidNumbers != InvalidNumbersIgnore ||
		b.MessageType != Promotional || b.DeletionProtection == nil || *b.DeletionProtection {
		t.Errorf("written: %+v", b)
	}
	r := b.Rules[0]
	if r.Name != "b/keywords[0]" || r.Line != 23 || !cmp.Equal(r.Words, []string{"X", "1"}) || r.Match != "first_word" || r.Action != ActionForward || !r.Observe || r.On[0] != "24681" || r.Reply != nil {
		t.Errorf("rule: %+v", r)
	}
	if got := parsed(t, "version: 1\nprograms: {a: {brand: A}}").Programs[0].ReplyLimit; got != (Limit{10, time.Hour}) {
		t.Errorf("reply limit %v", got)
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{"90s": 90 * time.Second, "24h": 24 * time.Hour, "7d": 168 * time.Hour, "1d12h": 36 * time.Hour} {
		if got, err := parseDuration(s); got != want || err != nil {
			t.Errorf("%s is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "d", "1.5d", "-1d", "99999999d", "1d x", "7 days", "5"} {
		if got, err := parseDuration(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("testdata/heed.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		string(example), head, readFile, "", "a: &a [*a]", "programs: {? [x] : 1}", "version: 1\nprograms: {a: {brand: '{{'}}",
		"? - a\n: b", "%YAML 1.2\n---\n", "version: !!binary x", "<<: {version: 1}", "programs: {a: {keywords: [{words: ['(?i'], match: regex}]}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		rules, findings := Parse("heed.yaml", document)
		_, more := Check("heed.yaml", document, checkedAt)
		failed := false
		for _, x := range more {
			if x.What == "" || x.Code == "" || x.Line < 0 {
				t.Fatalf("finding without its parts: %+v", x)
			}
		}
		for _, x := range findings {
			failed = failed || x.Severity == Error
			if x.What == "" || x.Code == "" || x.Line < 0 {
				t.Fatalf("finding without its parts: %+v", x)
			}
		}
		if (rules == nil) != failed {
			t.Fatalf("ruleset %v, findings %v", rules, findings)
		}
		if rules != nil {
			rules.Settings()
			for _, p := range rules.Programs {
				p.Read("+12065550100", cleanSample, time.Time{})
			}
		}
	})
}
