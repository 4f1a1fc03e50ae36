package keywords

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestClauses(t *testing.T) {
	for _, test := range []struct{ why, text, want string }{
		{"nothing", "", ""},
		{"marks only", "…!", ""},
		{"one clause", "please stop", "please stop"},
		{"each mark of a sentence", "a. b! c? d; e: f, g… h\ni", "a|b|c|d|e|f|g|h|i"},
		{"several marks are one", "no!!! why?? ok...", "no|why|ok"},
		{"no blank behind the mark", "ok.Stop texting", "ok|stop texting"},
		{"dashes, brackets and quotes do not split", "I — (really) “want” it", "i really want it"},
		{"Chinese and Japanese", "你好，别发了。谢谢！", "你好|别发了|谢谢"},
		{"full-width marks", "a．b：c；d？e", "a|b|c|d|e"},
		{"half-width Japanese", "はい｡いいえ､どうも", "はい|いいえ|どうも"},
		{"Arabic", "مرحبا، توقف؟ شكرا؛ لا", "مرحبا|توقف|شكرا|لا"},
		{"Urdu", "شکریہ۔ بند کرو", "شكريہ|بند كرو"},
		{"Devanagari", "धन्यवाद। बंद करो॥ नहीं", "धन्यवाद|बंद करो|नहीं"},
		{"the Greek question mark", "γιατι; ετσι", "γιατι|ετσι"},
		{"Spanish marks before a question", "hola ¿que? ¡no!", "hola|que|no"},

		{"a dot or comma in a number", "at 3.30 for 1,000", "at 3 30 for 1 000"},
		{"a colon in a time", "at 3:30: ok", "at 3 30|ok"},
		{"numbers of other scripts", "١٢٫٣٠ ١٢:٣٠", "12 30 12 30"},
		{"a number at the end of a sentence", "at 3. Stop", "at 3|stop"},
		{"a list", "1. stop 2. go", "1|stop 2|go"},
		{"an abbreviation, with its last dot", "cancel my 3 p.m. appointment", "cancel my 3 p m appointment"},
		{"one stuck to its number", "my 3p.m. one", "my 3p m one"},
		{"single letters", "S.T.O.P. texting", "s t o p texting"},
		{"one letter alone ends a sentence", "thank u. stop", "thank u|stop"},
		{"one letter, a dot and a word", "thank u.stop", "thank u|stop"},
		{"an address of the web", "see www.stop.example, ok", "see www stop example|ok"},
		{"one with its scheme", "https://a.example/stop: no", "https a example stop|no"},
		{"one of mail", "jo.stop@acme.example. thanks", "jo stop acme example|thanks"},
		{"a domain", "go to acme.com/stop. ok", "go to acme com stop|ok"},

		{"outer emoji are no words", "👍👍. ok 🛑! stop 🙏", "ok 🛑|stop"},
		{"inner ones stand in their clause", "ok 👍. 🛑 stop", "ok 👍|🛑 stop"},
		{"only emoji", "👍. 🛑", "👍|🛑"},
		{"an apostrophe, a dash, a zero-width character in front", "’. \u200b- stop. ok", "stop|ok"},
		{"without the signature", "stop\n\nSent from my iPhone", "stop"},
	} {
		t.Run(test.why, func(t *testing.T) {
			var got []string
			for _, c := range Clean(test.text).Clauses() {
				got = append(got, strings.Join(c, " "))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("Clauses of %q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestClausesAreTheWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.OneOf(
			rapid.String(),
			rapid.StringOf(rapid.RuneFrom([]rune("ab3É '’-.,:;!?…。، @/ж🛑👍🏽\u200d\ufe0f\u0301ก\u0e38½⒮\u00b4 \n"))),
		).Draw(t, "s"))
		clauses := text.Clauses()
		if diff := cmp.Diff(text.Words, slices.Concat(clauses...)); diff != "" {
			t.Fatalf("%q (-words +clauses):\n%s", text.Own, diff)
		}
		for _, c := range clauses {
			if len(c) == 0 {
				t.Fatalf("%q has an empty clause: %q", text.Own, clauses)
			}
		}
	})
}
