package optout

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/keywords"
)

// The published lists, copied from their pages and not from the tables of this package: whatever list a person
// has read, their word must be heard.
var publishedLists = map[string][]string{
	"47 CFR 64.1200(a)(10)": {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"},
	"CTIA":                  {"STOP", "END", "CANCEL", "UNSUBSCRIBE", "QUIT", "STOPALL"},
	"AWS":                   {"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"},
	"Twilio":                {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"},
	"Telnyx":                {"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"},
	"Braze":                 {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"},
	"Postscript":            {"🛑"},
}

func TestEveryPublishedWordIsHeardEverywhere(t *testing.T) {
	l := lexicon(t)
	for list, words := range publishedLists {
		for _, word := range words {
			for _, text := range []string{word, strings.ToLower(word), " " + word + "!!! ", word + "\nSent from my iPhone", "\u200b" + word + "\ufeff"} {
				if f := l.Read(keywords.Clean(text)); f.Intent != OptOut || f.Tier != 1 || f.Reason != ReasonOptOutWord {
					t.Errorf("%s: Read(%q) = %+v, want opt_out", list, text, f)
				}
			}
		}
	}
}

func TestRead(t *testing.T) {
	for _, test := range []struct {
		why     string
		locales []string
		text    string
		want    Intent
	}{
		// What asks.
		{"START returns", nil, "Start", OptIn},
		{"UNSTOP holds a STOP and is none", nil, "UNSTOP", OptIn},
		{"HELP", nil, "help?", Help},
		{"INFO", nil, "INFO", Help},
		{"AIDE is required in Canada", nil, "Aide", Help},
		{"French with its accent, everywhere, since AWS lists it", nil, "ARRÊT", OptOut},
		{"Spanish where the pack is on", []string{"es"}, "Baja", OptOut},
		{"Spanish help", []string{"es"}, "AYUDA", Help},
		{"French with accents", []string{"fr"}, "Désabonner", OptOut},
		{"a region of a known locale", []string{"fr-CA"}, "me désinscrire", OptOut},
		{"a dash for the blank", []string{"en"}, "un-subscribe", OptOut},
		{"full-width letters", nil, "ＳＴＯＰ", OptOut},
		{"a Cyrillic o", nil, "ST\u041eP", OptOut},
		{"in quotation marks, as our own texts write it", nil, "“STOP”", OptOut},
		{"with an emoji", nil, "STOP 😡", OptOut},

		// What does not, though it looks alike.
		{"YES answers everyday questions", nil, "YES", None},
		{"Y too", nil, "y", None},
		{"a word that holds one", nil, "nonstop", None},
		{"a sentence that holds one", nil, "We have got to STOP this terrible bill", None},
		{"a question about something else", nil, "cancel my 3pm", None},
		{"weekend and outdated hold END and TD", nil, "outdated weekend", None},
		{"Spanish where the pack is off", []string{"en"}, "baja", None},
		{"a like of a text that says STOP", nil, "Liked “STOP”", None},
		{"a quoted STOP", nil, "> STOP", None},
		{"digits", nil, "12345", None},
		{"marks", nil, "!!!", None},
		{"nothing", nil, "", None},
	} {
		got := lexicon(t, test.locales...).Read(keywords.Clean(test.text))
		if got.Intent != test.want {
			t.Errorf("%s: Read(%q) = %+v, want %q", test.why, test.text, got, test.want)
		}
		if (got.Intent == None) != (got.Reason == "") || (got.Tier == 1) != (got.Intent != None) {
			t.Errorf("%s: reason and tier do not fit: %+v", test.why, got)
		}
	}
}

func TestReadExplainsItself(t *testing.T) {
	want := Finding{
		Intent: OptOut, Reason: "opt_out_word", Matched: "Opt-Out", Keyword: "OPT OUT", Tier: 1,
		Sources: []string{"47 CFR 64.1200(a)(10)", "AWS SMS opt-out-list-keywords"},
	}
	if diff := cmp.Diff(want, lexicon(t).Read(keywords.Clean("*Opt-Out!*"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWord(t *testing.T) {
	if f, ok := lexicon(t).Word(keywords.Fold("Stop-All")); !ok || f.Intent != OptOut || f.Matched != "STOP ALL" {
		t.Errorf("Word(stop all) = %+v, %v", f, ok)
	}
	if f, ok := lexicon(t).Word("join"); ok {
		t.Errorf("Word(join) = %+v", f)
	}
}

func TestUnknownLocale(t *testing.T) {
	_, err := NewLexicon([]string{"en", "tlh"})
	if err == nil || err.Error() != `unknown locale "tlh": known are `+strings.Join(Locales(), ", ") {
		t.Errorf("err = %v", err)
	}
}

func TestPacksAreWellFormed(t *testing.T) {
	all := map[string][]word{"base": baseWords}
	for _, p := range packs() {
		all[p.locale] = p.words
	}
	for name, words := range all {
		seen := make(map[string]bool)
		for _, w := range words {
			folded := keywords.Fold(w.text)
			switch {
			case folded == "":
				t.Errorf("%s: %q can never match", name, w.text)
			case seen[folded]:
				t.Errorf("%s: %q is there twice", name, w.text)
			case len(w.sources) == 0 || slices.Contains(w.sources, ""):
				t.Errorf("%s: %q has no source", name, w.text)
			case strictness(w.intent) < 1:
				t.Errorf("%s: %q has intent %q", name, w.text, w.intent)
			case name == "base" && !w.everywhere:
				t.Errorf("base: %q is not everywhere", w.text)
			}
			seen[folded] = true
		}
	}
}

func TestBuiltIntoAWS(t *testing.T) {
	got := BuiltIntoAWS()
	slices.Sort(got)
	want := []string{"arret", "cancel", "end", "opt out", "optout", "quit", "remove", "stop", "td", "unsubscribe"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("AWS's ten words (-want +got):\n%s", diff)
	}
}

// Where packs disagree, the stricter meaning counts, whatever the order of the packs.
func TestStopWinsWherePacksDisagree(t *testing.T) {
	for _, words := range [][]word{
		{{"FIN", OptIn, []string{"a"}, true}, {"FIN", OptOut, []string{"b"}, true}, {"fin", OptOut, []string{"c"}, true}},
		{{"FIN", OptOut, []string{"b"}, true}, {"FIN", Help, []string{"a"}, true}, {"fin", OptOut, []string{"c"}, true}},
	} {
		l := &Lexicon{words: make(map[string]Finding)}
		l.add(words, true)
		if f, _ := l.Word("fin"); f.Intent != OptOut || !slices.Equal(f.Sources, []string{"b", "c"}) {
			t.Errorf("Word(fin) = %+v", f)
		}
	}
}

func lexicon(t testing.TB, locales ...string) *Lexicon {
	t.Helper()
	l, err := NewLexicon(locales)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
