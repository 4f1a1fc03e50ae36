package program

import (
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/keywords"
)

// with is a sound file with more settings of its program, from line 8 on.
func with(lines ...string) string { return head + "    " + strings.Join(lines, "\n    ") + "\n" }

// rule is a sound file with one more keyword entry, in line 8.
func rule(entry string) string { return with("keywords: [{" + entry + "}]") }

// on is a sound file whose program has another number.
func on(identity, document string) string {
	return strings.Replace(document, "+12065550100", identity, 1)
}

// byAWS is a sound file of a program whose keywords AWS answers, with a keyword entry in line 3.
func byAWS(entry string) string {
	return "version: 1\nprograms:\n  a: {brand: A, optOutList: a, answers: aws, identities: ['24680'], keywords: [{" + entry + "}]}\n"
}

// Each row: what a file says, and what its operator is told.
func TestAdvice(t *testing.T) {
	long := strings.Repeat("a", 150)
	var many []string
	for i := range 31 {
		many = append(many, string(rune('a'+i%26))+string(rune('a'+i/26))+"x")
	}
	for _, test := range []struct {
		why      string
		document string
		want     []string // line: severity: code: part of the text
	}{
		// Rules that are never reached.
		{"a rule whose dates are over", rule("words: [X], reply: x, until: 2026-11-22"), []string{"8: warning: expired_rule: is over since 2026-11-22T00:00:00Z"}},
		{"one whose dates will be over", rule("words: [X], reply: x, until: 2026-11-23"), nil},
		{"one whose dates begin later", rule("words: [X], reply: x, from: '2026-12-24T18:00:00+01:00'"), nil},
		{"one that ends before it begins", rule("words: [X], reply: x, from: 2026-12-24, until: 2026-12-24"), []string{"8: error: bad_dates"}},
		{"what is no date", rule("words: [X], reply: x, from: tomorrow"), []string{"8: error: bad_date: 2026-11-27T09:00:00-08:00"}},
		{
			"the answer of a holiday before that of every day",
			with("keywords:", "  - {words: [X], reply: y, from: 2026-12-24, until: 2026-12-27}", "  - {words: [X], reply: x}"), nil,
		},
		{
			"the answer of a holiday behind that of every day",
			with("keywords:", "  - {words: [X], reply: x}", "  - {words: [X], reply: y, from: 2026-12-24, until: 2026-12-27}"),
			[]string{"10: error: duplicate_keyword"},
		},
		{
			"a rule on the only number with dates leaves the rest to the program's",
			with("keywords:", "  - {words: [X], reply: x, on: ['+12065550100'], until: 2027-01-01}", "  - {words: [X], reply: y}"), nil,
		},
		{
			"a rule on a pool behind rules on each of its numbers",
			with("pools: {pool-1: ['24680']}", "keywords:", "  - {words: [X], reply: x, on: ['24680']}", "  - {words: [X], reply: y, on: [pool-1]}"),
			[]string{"11: warning: unreachable_keyword"},
		},
		{
			"one on a pool with another number",
			with("pools: {pool-1: ['24680', '24681']}", "keywords:", "  - {words: [X], reply: x, on: ['24680']}", "  - {words: [X], reply: y, on: [pool-1]}"), nil,
		},
		{"an expression for everything, being tried out", rule("words: ['.*'], match: regex, reply: x, observe: true"), nil},
		{"an expression of many steps", rule("words: ['a.{0,900}b'], match: regex, reply: x"), []string{"8: warning: slow_regex"}},
		{"one of few", rule("words: ['order ([0-9]{4,10})'], match: regex, reply: x"), nil},
		{"an expression for a compliance word", rule(`words: ['^(stop)$'], match: regex, reply: x`), []string{`8: warning: compliance_word: "^(stop)$" alone`}},
		{"one for more than that", rule(`words: ['stop [0-9]+'], match: regex, reply: x`), nil},

		// What AWS does where it answers.
		{"a menu answer that AWS takes for a request", byAWS("words: [Tdap], reply: x"), []string{"3: warning: aws_word: begins with AWS's opt-out word TD"}},
		{"a long keyword where AWS answers", byAWS("words: [abcdefghijklmnopqrstuvwxyz12345], reply: x"), []string{"3: warning: not_for_aws"}},
		{"one where heed does", rule("words: [abcdefghijklmnopqrstuvwxyz12345], reply: x"), nil},
		{"more keywords than AWS holds", byAWS("words: [" + strings.Join(many, ", ") + "], reply: x"), []string{"3: warning: too_many_keywords: 24680 has 31 keywords"}},
		{"as many as it holds", byAWS("words: [" + strings.Join(many[1:], ", ") + "], reply: x"), nil},

		// Traps.
		{"CANCEL to cancel", rule("words: [X], reply: 'See you at 3. Reply CANCEL to cancel.'"), []string{"8: warning: reply_trap: reply CANCEL for something else (cancel)"}},
		{"in quotes, in a list", rule(`words: [X], reply: 'Reply YES to confirm or "cancel" to cancel your visit'`), []string{"8: warning: reply_trap: opted out of everything"}},
		{"with the purpose in front", rule("words: [X], reply: 'To leave the menu, text END.'"), []string{"8: warning: reply_trap: (to leave the menu)"}},
		{"behind a question", rule("words: [X], reply: 'Need to cancel? Reply CANCEL.'"), []string{"8: warning: reply_trap"}},
		{"in Spanish", with("locales: [es]", "keywords: [{words: [X], reply: 'Responda CANCELAR para anular su cita'}]"), []string{"9: warning: reply_trap: CANCELAR"}},
		{"in French", with("locales: [fr]", "keywords: [{words: [X], reply: 'Répondez ANNULER pour changer de date'}]"), []string{"9: warning: reply_trap: ANNULER"}},
		{"all in capitals", rule("words: [X], reply: 'REPLY CANCEL TO CANCEL YOUR VISIT'"), []string{"8: warning: reply_trap"}},
		{"INFO for a menu", with("unmatched: {reply: 'Text INFO for the menu of today'}"), []string{"8: warning: reply_trap: gets the HELP text"}},
		{"START for a game", rule("words: [X], reply: 'Reply START to play'"), []string{"8: warning: reply_trap: opted in"}},
		{"a word that AWS hears by its beginning", byAWS("words: [X], reply: 'Reply ENDORSE to vote'"), []string{"3: warning: reply_trap: begins with END"}},
		{"the carriers' own examples", rule("words: [X], reply: 'Reply HELP for help, STOP to cancel.'"), nil},
		{"an end of messages", rule("words: [X], reply: 'Reply STOP, END or QUIT to unsubscribe. Text CANCEL to stop messages. To resume, reply START'"), nil},
		{"no purpose at all", rule("words: [X], reply: 'Questions? Reply HELP. Reply STOP'"), nil},
		{"a word of the operator", rule("words: [X], reply: 'Reply CHANGE to cancel your visit'"), nil},
		{"no instruction", rule("words: [X], reply: 'We do not CANCEL visits'"), nil},

		// What the law and the carriers want.
		{"Canadian numbers without French", on("+14165550100", head), []string{"3: advice: canada_locale", "6: advice: canada_texts: texts.help, texts.optIn"}},
		{
			"Canadian numbers with it", "version: 1\nprograms:\n  b: {brand: B, optOutList: b, identities: ['+14165550100'], locales: [en, fr-CA], " +
				"texts: {help: 'B: a@b.example, STOP/ARRET', optIn: 'B: HELP/AIDE STOP/ARRET'}}\n", nil,
		},
		{"a short text where a 10DLC number sends it", with("doubleOptIn: {text: '{{.Brand}}: YES? STOP'}", "keywords: [{words: [X], action: opt_in}]"), []string{"8: warning: text_length: has 15 characters"}},
		{"where a short code sends it", on("24680", with("doubleOptIn: {text: '{{.Brand}}: YES? STOP'}", "keywords: [{words: [X], action: opt_in}]")), nil},
		{"where a toll-free number sends it", on("+18335550100", with("doubleOptIn: {text: '{{.Brand}}: YES? STOP'}", "keywords: [{words: [X], action: opt_in}]")), nil},
		{"a HELP text that helps nobody", "version: 1\nprograms:\n  b: {brand: B, optOutList: b, identities: ['24680'], texts: {help: 'Ask us. We are friendly.'}}\n", []string{"3: advice: no_brand", "3: advice: no_stop", "3: advice: no_contact"}},
		{"a welcome without a way out", rule("words: [X], action: opt_in, reply: Welcome"), []string{"8: advice: no_stop"}},
		{"one with a way out of something else", rule("words: [X], action: opt_in, reply: 'Welcome. Call us to cancel'"), []string{"8: advice: no_stop"}},
		{"a welcome in Spanish with one", with("locales: [es]", "keywords: [{words: [X], action: opt_in, reply: 'Gracias. BAJA para salir'}]"), nil},
		{"a confirmation that sells", rule("words: [X], action: opt_out, reply: 'Bye. Come back for 20% off'"), []string{`8: warning: marketing: "20%"`}},
		{"with a shop's link", rule("words: [X], action: opt_out, reply: 'Bye. See acme-shop.example/x'"), []string{"8: warning: marketing: acme-shop.example"}},
		{"with a price", rule("words: [X], action: opt_out, reply: 'Bye. Back for $5?'"), []string{"8: warning: marketing"}},
		{"in Spanish", rule("words: [X], action: opt_out, reply: 'Adios. Vea nuestras ofertas'"), []string{"8: warning: marketing: ofertas"}},
		{"in French", rule("words: [X], action: opt_out, reply: 'Au revoir. Profitez des soldes'"), []string{"8: warning: marketing: Profitez"}},
		{"one that says what ends", rule("words: [X], action: opt_out, reply: 'You get no more offers. See acme.example'"), nil},
		{"a brand that sounds like a sale", "version: 1\nprograms:\n  b: {brand: Sale Barn, optOutList: b, answers: aws, unclear: ask, identities: ['24680']}\n", nil},
		{
			"a question that sells", "version: 1\nprograms:\n  b: {brand: B, optOutList: b, answers: aws, unclear: ask, identities: ['24680'], " +
				"texts: {unclear: 'B: Leave, or stay and save?'}}\n", []string{"3: warning: marketing: save"},
		},
		{"another reply may sell", rule("words: [X], reply: '20% off'"), nil},

		// Settings without a use.
		{"a question that nobody gets", "version: 1\nprograms:\n  b: {brand: B, optOutList: b, answers: aws, identities: ['24680'], texts: {unclear: 'B: Stay?'}}\n", []string{"3: advice: unused_text: for unclear: ask"}},
		{"a double opt-in that nobody meets", with("doubleOptIn: {}"), []string{"8: advice: unused_double_opt_in"}},
		{"an empty question", with("doubleOptIn: {text: ''}", "keywords: [{words: [X], action: opt_in}]"), []string{"8: error: empty_text"}},

		// What comes out of templates.
		{"a reply that is always empty", rule("words: [X], reply: '{{if .Args}}x{{end}}'"), []string{"8: warning: empty_reply: always comes out empty"}},
		{"one that is sometimes", rule("words: [X], match: first_word, reply: '{{if .Args}}x{{end}}'"), []string{"8: advice: empty_reply: has 0 words"}},
		{"one that repeats too much", rule("words: [X], match: first_word, reply: 'x{{range .Args}}{{.}}{{.}}{{.}}{{end}}'"), []string{"8: warning: long_reply"}},
		{"one that repeats", rule(`words: [X], match: first_word, reply: 'x {{join .Args " "}}'`), nil},

		// What a text costs.
		{"what a dash costs", rule("words: [X], reply: '" + long + "—'"), []string{`8: advice: unicode: because of —. it is sent and billed as 3 parts and would be 1 part without. write "-" for —`}},
		{"a blank that does not break", rule("words: [X], reply: \"9\\u00a0to 5…\""), []string{`8: advice: unicode: write " " for U+00A0, "..." for …`}},
		{"an accent that the alphabet lacks", rule("words: [X], reply: 'Información'"), []string{`8: advice: unicode: write "o" for ó`}},
		{"a brand with one, told once", strings.Replace(head, "Acme", "Acmé Café Sól", 1), []string{`4: advice: unicode: brand of program acme needs Unicode because of ó`}},
		{"accents that it has", rule("words: [X], reply: 'Señor, à bientôt'"), []string{`8: advice: unicode: "o" for ô`}},
		{"brackets that cost a part", rule("words: [X], reply: '" + long + "[1][2][3]'"), []string{"8: advice: double_characters: because [ ] count twice each"}},
		{"brackets that cost none", rule("words: [X], reply: 'See [1]'"), nil},
	} {
		t.Run(test.why, func(t *testing.T) {
			_, got := Check("heed.yaml", []byte(test.document), checkedAt)
			for i, f := range got {
				if i >= len(test.want) || !fits(f, test.want[i]) {
					t.Errorf("finding %d is [%s] %s", i, f.Code, f)
				}
			}
			if len(got) < len(test.want) {
				t.Errorf("not found: %q", test.want[len(got):])
			}
		})
	}
}

// A file that is in force must stay so when the checks and the lists grow: what Check adds to Parse is no error but for
// a keyword that is a listed word, and that one is none to Parse.
func TestWhatCheckForbidsMoreThanParse(t *testing.T) {
	for _, test := range []struct {
		why, document   string
		parses, applies bool
	}{
		{"a sound file", head, true, true},
		{"one with advice and warnings", rule("words: [X], reply: 'Reply CANCEL to cancel.', until: 2020-01-01"), true, true},
		{"an expression for everything", rule("words: ['.*'], match: regex, reply: x"), true, true},
		{"a word that became listed", rule("words: [STOP], reply: x"), true, false},
		{"a fault", "version: 1", false, false},
	} {
		parsed, _ := Parse("heed.yaml", []byte(test.document))
		checked, _ := Check("heed.yaml", []byte(test.document), checkedAt)
		if (parsed != nil) != test.parses || (checked != nil) != test.applies {
			t.Errorf("%s: Parse %v, Check %v", test.why, parsed, checked)
		}
	}
}

// What a text tells people to reply with is read by hand, so any text must be safe to read.
func FuzzInstructions(f *testing.F) {
	f.Add("Reply STOP, END or “QUIT” to end. Need more? Text 'INFO'")
	f.Add("Reply")
	f.Add("Répondez ARRÊT pour arrêter ! ½ …")
	f.Fuzz(func(t *testing.T, text string) {
		for _, i := range instructions(text) {
			if i.word == "" || i.purpose != keywords.Fold(i.purpose) {
				t.Fatalf("%q: %+v", text, i)
			}
		}
		selling(text)
	})
}
