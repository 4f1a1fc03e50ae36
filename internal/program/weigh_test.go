package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
)

// What the lexicon finds is given, so that these rows say how it is weighed, whatever it comes to know.
func TestUnclearTexts(t *testing.T) {
	const file = `
version: 1
programs:
  acme:
    brand: Acme
    identities: ["+12065550100"]
    unclear: %unclear%
    keywords:
      - {words: [PLEASE CHANGE], match: first_word, action: forward}
      - {words: [NOT TODAY], action: forward}
      - {words: [SIGN ME UP], match: first_word, action: opt_in}
      - {words: [MENU], match: contains_word, action: forward, on: ["+12065550100"]}
      - {words: ['no +thanks'], match: regex, action: forward}
      - {name: trial, words: [ENOUGH], match: contains_word, observe: true, action: forward}
`
	unclear := optout.Finding{Intent: optout.Unclear, Reason: "enough", Matched: "enough", Tier: 3}
	request := optout.Finding{Intent: optout.OptOut, Reason: "request", Matched: "stop it", Tier: 2}
	wish := optout.Finding{Intent: optout.OptIn, Reason: "wish", Matched: "sign me up", Tier: 2}
	listed := optout.Finding{Intent: optout.OptIn, Reason: "opt_in_word", Matched: "start", Tier: 1}
	for _, test := range []struct {
		why, setting, text string
		found              optout.Finding
		want               string // verdict, reason
		tier               int
		ignored, observed  string
	}{
		{"with no rule it is unclear", "hold", "enough now", unclear, "unclear enough", 3, "", "trial"},
		{"to ask is to say so too", "ask", "enough now", unclear, "unclear enough", 3, "", "trial"},
		{"the whole text is a keyword", "hold", "not today", unclear, "keyword program_keyword", 0, "enough", ""},
		{"it begins with a keyword", "hold", "Please change my visit", unclear, "keyword program_keyword", 0, "enough", ""},
		{"a keyword inside it shows nothing", "hold", "enough of the menu", unclear, "unclear enough", 3, "", "trial"},
		{"nor does an expression", "hold", "no thanks", unclear, "unclear enough", 3, "", ""},
		{"a keyword inside, on the number, does not hide one in front", "hold", "please change the menu", unclear, "keyword program_keyword", 0, "enough", ""},
		{"ignored, it is any other text", "ignore", "enough now", unclear, "none no_match", 0, "enough", "trial"},
		{"ignored, a keyword inside counts", "ignore", "enough of the menu", unclear, "keyword number_keyword", 0, "enough", "trial"},
		{"a clear wish has the reply of the keyword that it is", "hold", "Sign me up", wish, "opt_in rule", 0, "", ""},
		{"not of a keyword that does something else", "hold", "not today", wish, "opt_in wish", 2, "", ""},
		{"a listed word never gives way", "hold", "sign me up", listed, "opt_in opt_in_word", 1, "", ""},
		{"a clear request is before every rule", "ignore", "not today", request, "opt_out request", 2, "", ""},
	} {
		t.Run(test.why, func(t *testing.T) {
			p := parsed(t, strings.Replace(file, "%unclear%", test.setting, 1)).Programs[0]
			r := p.weigh("+12065550100", keywords.Clean(test.text), time.Time{}, test.found)
			observed := ""
			for _, o := range r.Observed {
				observed += o.Name
			}
			if got := r.Verdict + " " + r.Reason; got != test.want || r.Tier != test.tier || r.Ignored != test.ignored || observed != test.observed {
				t.Errorf("%s, tier %d, ignored %q, observed %q", got, r.Tier, r.Ignored, observed)
			}
		})
	}
}

// A rule with dates does not exist outside of them.
func TestRulesCountBetweenTheirDates(t *testing.T) {
	p := parsed(t, `
version: 1
programs:
  acme:
    brand: Acme
    identities: ["+12065550100"]
    keywords:
      - {name: holiday, words: [HOURS], match: first_word, reply: "Closed", from: 2026-12-24, until: "2026-12-27T00:00:00-08:00"}
      - {name: daily, words: [HOURS], match: first_word, reply: "9 to 5"}
      - {name: trial, words: [HOURS], observe: true, action: forward, until: 2026-12-25}
`).Programs[0]
	for _, test := range []struct{ why, at, rule, observed string }{
		{"the day before", "2026-12-23T23:59:59Z", "daily", "trial"},
		{"a date begins at its midnight in UTC", "2026-12-24", "holiday", "trial"},
		{"until is not in it", "2026-12-25", "holiday", ""},
		{"a time counts in its zone", "2026-12-27T07:59:59Z", "holiday", ""},
		{"and then it is over", "2026-12-27T08:00:00Z", "daily", ""},
		{"without a time every rule counts", "", "holiday", "trial"},
	} {
		var at time.Time
		if test.at != "" {
			var err error
			if at, err = ParseMoment(test.at); err != nil {
				t.Fatal(err)
			}
		}
		r := p.Read("+12065550100", keywords.Clean("hours"), at)
		observed := ""
		for _, o := range r.Observed {
			observed += o.Name
		}
		if r.Rule == nil || r.Rule.Name != test.rule || observed != test.observed {
			t.Errorf("%s: %+v, observed %q", test.why, r.Rule, observed)
		}
	}
	for _, s := range []string{"", "2026-13-01", "2026-12-24T10:00", "tomorrow", "24.12.2026"} {
		if at, err := ParseMoment(s); err == nil {
			t.Errorf("%q is %s", s, at)
		}
	}
}

// A yes answers a question only where nothing else takes it.
func TestAffirms(t *testing.T) {
	p := parsed(t, head).Programs[0]
	taken := parsed(t, rule("words: [YES], reply: Thanks")).Programs[0]
	for _, test := range []struct {
		why  string
		p    *Program
		text string
		want bool
	}{
		{"a yes", p, "Yes!", true},
		{"more than a yes", p, "yes I will come by tomorrow at 3", false},
		{"a yes that is a keyword", taken, "yes", false},
		{"a request", p, "STOP", false},
	} {
		if r := test.p.Read("+12065550100", keywords.Clean(test.text), time.Time{}); r.Affirms != test.want {
			t.Errorf("%s: %+v", test.why, r)
		}
	}
}

func TestDoubleOptIn(t *testing.T) {
	if p := parsed(t, head).Programs[0]; p.DoubleOptIn != nil {
		t.Error("it is on by itself")
	}
	for _, test := range []struct {
		why, setting, text string
		within             time.Duration
	}{
		{"its defaults", "doubleOptIn: {}", "Acme: Reply YES to get our messages. Msg & data rates may apply. Reply HELP for help, STOP to end.", 24 * time.Hour},
		{"written", "doubleOptIn: {text: '{{.Brand}}: YES for texts. STOP ends.', within: 7d}", "Acme: YES for texts. STOP ends.", 168 * time.Hour},
	} {
		d := parsed(t, with(test.setting)).Programs[0].DoubleOptIn
		text, err := d.Text.Execute(Data{Brand: "Acme"})
		if diff := cmp.Diff(test.text, text); diff != "" || err != nil || d.Within != test.within {
			t.Errorf("%s: %s, %v, %s", test.why, diff, err, d.Within)
		}
	}
}

// Explain names each place that was asked, and agrees with Read.
func TestExplain(t *testing.T) {
	p := parsed(t, readFile).Programs[0]
	for _, test := range []struct {
		why, text string
		want      []string // the last steps
	}{
		{"a keyword", "menu", []string{
			`rules of the number: 1 of 1 match: acme/keywords[2] by whole "MENU" on "menu"`,
			`rules of the program: 2 of 7 match: acme/keywords[1] by whole "MENU" on "menu"; trial 2 by regex ".*" on "menu", on trial`,
			"decided: keyword by rule acme/keywords[2]",
		}},
		{"a listed word", "STOP", []string{"decided: opt_out: no rule is asked"}},
		{"a quotation", "> STOP", []string{"own words: none: only the person's own words are read"}},
	} {
		steps := p.Explain("+12065550100", keywords.Clean(test.text), time.Time{})
		var got []string
		for _, s := range steps[max(0, len(steps)-len(test.want)):] {
			got = append(got, s.Step+": "+s.Detail)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.why, diff)
		}
	}
}

// The readings of the lexicon are given, for it learns new ones.
func TestKeywordsThatAreRequests(t *testing.T) {
	request := optout.Finding{Intent: optout.OptOut, Reason: "request", Tier: 2}
	unclear := optout.Finding{Intent: optout.Unclear, Reason: "enough", Tier: 3}
	for _, test := range []struct {
		why   string
		match keywords.Match
		set   Unclear
		found optout.Finding
		want  string
	}{
		{"a whole request is never reached", keywords.Whole, UnclearHold, request, "warning compliance_request"},
		{"at the beginning of others it is", keywords.FirstWord, UnclearHold, request, "warning compliance_request"},
		{"an unclear keyword is reached where it is all", keywords.Whole, UnclearHold, unclear, ""},
		{"inside a text it is not", keywords.ContainsWord, UnclearAsk, unclear, "advice unclear_word"},
		{"it is where unclear texts are ignored", keywords.ContainsWord, UnclearIgnore, unclear, ""},
		{"a listed word is told elsewhere", keywords.Whole, UnclearHold, optout.Finding{Intent: optout.OptOut, Tier: 1}, ""},
		{"any other word", keywords.Whole, UnclearHold, optout.Finding{}, ""},
	} {
		var p parser
		p.adviseRequest(&Program{Unclear: test.set}, &Rule{Match: test.match}, "word", test.found)
		got := ""
		for _, f := range p.all {
			got += string(f.Severity) + " " + f.Code
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.why, got, test.want)
		}
	}
}
