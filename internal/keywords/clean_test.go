package keywords

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	for _, test := range []struct {
		why  string
		raw  string
		want Text // without Raw and Words
	}{
		{
			"a plain word",
			" STOP ",
			Text{Own: "STOP", Folded: "stop"},
		},
		{
			"nothing at all",
			"",
			Text{},
		},
		{
			"a signature below",
			"STOP\nSent from my iPhone",
			Text{Own: "STOP", Signature: "Sent from my iPhone", Folded: "stop"},
		},
		{
			"a French one, with blank lines",
			"ARRÊT\r\n\r\nEnvoyé de mon iPhone\r\n",
			Text{Own: "ARRÊT", Signature: "Envoyé de mon iPhone", Folded: "arret"},
		},
		{
			"a signature set off by its mark (RFC 3676)",
			"stop\n-- \nJo Doe\nAcme Ltd",
			Text{Own: "stop", Signature: "-- \nJo Doe\nAcme Ltd", Folded: "stop"},
		},
		{
			"nothing but a signature is the person's words: they must never end up empty",
			"Sent from my iPhone",
			Text{Own: "Sent from my iPhone", Folded: "sent from my iphone"},
		},
		{
			"a sentence that begins like a signature, in the middle",
			"Sent from my iPhone\nSTOP",
			Text{Own: "Sent from my iPhone\nSTOP", Folded: "sent from my iphone stop"},
		},
		{
			"a quoted original, marked",
			"No thanks\n> Reply STOP to end",
			Text{Own: "No thanks", Quoted: "> Reply STOP to end", Folded: "no thanks"},
		},
		{
			"own words below a quotation",
			"On Mon, 2 Mar 2026 at 10:00, Acme wrote:\n> Reply STOP to end\nSTOP",
			Text{Own: "STOP", Quoted: "On Mon, 2 Mar 2026 at 10:00, Acme wrote:\n> Reply STOP to end", Folded: "stop"},
		},
		{
			"a quotation without marks goes to the end",
			"yes\nLe lun. 2 mars 2026 à 10:00, Acme a écrit :\nRépondez STOP",
			Text{Own: "yes", Quoted: "Le lun. 2 mars 2026 à 10:00, Acme a écrit :\nRépondez STOP", Folded: "yes"},
		},
		{
			"nothing but a quotation",
			"> STOP",
			Text{Quoted: "> STOP"},
		},
		{
			"a colon alone quotes nothing",
			"On my way: stop",
			Text{Own: "On my way: stop", Folded: "on my way stop"},
		},
	} {
		t.Run(test.why, func(t *testing.T) {
			got := Clean(test.raw)
			test.want.Raw = test.raw
			if test.want.Folded != "" {
				test.want.Words = strings.Split(test.want.Folded, " ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Clean(%q) (-want +got):\n%s", test.raw, diff)
			}
		})
	}
}

func TestTapbacks(t *testing.T) {
	for _, text := range []string{
		// iOS, English, all six and their withdrawal.
		"Liked “Reply STOP to end”", "Loved “STOP”", "Disliked \"x\"", "Laughed at “a “b” c”", "Emphasized “x”", "Questioned “x”",
		"Removed a like from “Reply STOP to end”", "Removed a question mark from “x”", "Reacted 😂 to “x”", "Reacted 👨‍👩‍👧 to “x”",
		// The quotation may go over lines, and may be cut short.
		"Loved “first line\nSTOP”", "Liked “Msg & data rates may apply. Reply STOP…",
		// A picture has no quotation.
		"Liked an image", "LOVED AN IMAGE", "Le encantó una imagen",
		// Google Messages, with the zero-width and hair spaces it puts in.
		"\u200a\u200b👍\u200b to “\u200aReply STOP to end\u200a”\u200a", "👍🏽 to \"x\"",
		// Spanish.
		"Le gustó “x”", "Le encantó “x”", "Le dio risa “x”", "Exclamó por “x”", "Dudó sobre “x”", "Reaccionó con 😂 a “x”",
		// French.
		"A aimé « Répondez STOP »", "A adoré « x »", "N’a pas aimé « x »", "A réagi 😂 à « x »", "A retiré la réaction 😂 à « x »",
		"a attribué la mention « J’aime » à « ok »", "👍 à \"x\"",
		// German, Portuguese, Italian.
		"Gefällt „STOP“", "Hat mit 😂 auf „x“ reagiert", "Gostou de “x”", "Adorou “x”", "Ha messo mi piace a “x”", "Ha adorato «x»",
	} {
		got := Clean(text)
		if !got.Reaction || got.Quoted == "" || got.Own != "" || got.Folded != "" || got.Words != nil {
			t.Errorf("Clean(%q) = %+v, want a reaction", text, got)
		}
	}
}

func TestTextsThatOnlyResembleTapbacks(t *testing.T) {
	for _, text := range []string{
		"Liked it", "Loved it, STOP", "STOP", "\"STOP\"", "👍", "👍 to you", "Loved “the show” last night", "I liked “the show”",
		"Liked “don’t stop", "Reply “STOP”", "stop \"all\"", "Loved the image",
	} {
		if got := Clean(text); got.Reaction || got.Own != text {
			t.Errorf("Clean(%q) = %+v, want the person's words", text, got)
		}
	}
}

func TestCleanMakesTextsStorable(t *testing.T) {
	for _, test := range []struct{ why, raw, want string }{
		{"NUL cannot be stored in Postgres", "STOP\x00", "STOP\uFFFD"},
		{"a lone surrogate that came as its own bytes", "STOP\xed\xa0\xbd", "STOP\uFFFD"},
		{"half an emoji of a cut message", "STOP\xf0\x9f", "STOP\uFFFD"},
	} {
		got := Clean(test.raw)
		if got.Raw != test.want || got.Folded != "stop" {
			t.Errorf("%s: Clean(%q) = %q, folded %q", test.why, test.raw, got.Raw, got.Folded)
		}
	}
}

func TestLongTextsAreKeptWhole(t *testing.T) {
	raw := "stop " + strings.Repeat("é", 20_000)
	got := Clean(raw)
	if got.Raw != raw {
		t.Error("Raw was cut")
	}
	if len(got.Own) > MaxMatched || !utf8.ValidString(got.Own) || got.Words[0] != "stop" {
		t.Errorf("%d bytes of own words", len(got.Own))
	}
}

func TestTablesAreInMatchingForm(t *testing.T) {
	check := func(s string) {
		if bare := strings.TrimSpace(strings.ReplaceAll(s, "*", "")); tapbackWords(bare) != strings.Join(strings.Fields(bare), " ") && !strings.Contains(s, "-") {
			t.Errorf("%q can never match: it folds to %q", s, tapbackWords(bare))
		}
	}
	for _, language := range tapbacks {
		for _, p := range language {
			check(p.before)
			check(p.after)
		}
	}
	for s := range wordlessTapbacks {
		check(s)
	}
	for _, language := range signatures {
		for _, s := range language {
			check(s)
		}
	}
	for _, h := range quoteHeaders {
		check(h.begins)
		check(h.ends)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"STOP", "Liked “Reply STOP to end”", "STOP\nSent from my iPhone", "> STOP\nno", "ARRÊT!", "ѕtор", "👍🏾 ok", "หยุด",
		"\xed\xa0\xbd", "a\x00b", "ﷺ", "On x wrote:\nSTOP", "a\u034f\u0301\u0323", "ǆŉﬁ½", "가\u1160\u11a8",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := Clean(raw)
		for _, s := range append([]string{got.Raw, got.Own, got.Quoted, got.Signature, got.Folded}, got.Words...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("Clean(%q) holds %q", raw, s)
			}
		}
		if strings.Join(got.Words, " ") != got.Folded {
			t.Fatalf("Clean(%q): words %q, folded %q", raw, got.Words, got.Folded)
		}
		if again := Clean(got.Folded).Folded; again != got.Folded {
			t.Fatalf("Clean(%q).Folded = %q, again %q", raw, got.Folded, again)
		}
		for i := range min(len(got.Words), 8) {
			got.Written(i, len(got.Words)-i)
			got.Without(i, i+1)
		}
	})
}
