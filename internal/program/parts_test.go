package program

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParts(t *testing.T) {
	for _, test := range []struct {
		why      string
		text     string
		parts    int
		encoding string
		forced   string
	}{
		{"nothing has no parts", "", 0, "GSM", ""},
		{"160 characters fit one message", strings.Repeat("a", 160), 1, "GSM", ""},
		{"161 need two parts of 153", strings.Repeat("a", 161), 2, "GSM", ""},
		{"306 fill two", strings.Repeat("a", 306), 2, "GSM", ""},
		{"307 need three", strings.Repeat("a", 307), 3, "GSM", ""},
		{"an extension character costs two: 80 euro signs fit", strings.Repeat("€", 80), 1, "GSM", ""},
		{"81 do not", strings.Repeat("€", 81), 2, "GSM", ""},
		{"a pair is not split: a part of 153 holds 76 euro signs", strings.Repeat("€", 153), 3, "GSM", ""},
		{"a pair over the edge moves whole: 152 and a brace and 152 is three parts", strings.Repeat("a", 152) + "{" + strings.Repeat("a", 152), 3, "GSM", ""},
		{"one character fewer behind it is two", strings.Repeat("a", 152) + "{" + strings.Repeat("a", 151), 2, "GSM", ""},
		{"Greek capitals, accents and marks of the basic alphabet", "ΔΦΓΛΩΠΨΣΘΞ éèùìòÇØøÅåÆæßÉÄÖÑÜäöñüà @£$¥§¿¡¤\r\n", 1, "GSM", ""},
		{"all extension characters", "^{}\\[~]|€", 1, "GSM", ""},
		{"a curly quote turns the message over", "don’t", 1, "Unicode", "’"},
		{"70 units fit one message", strings.Repeat("ж", 70), 1, "Unicode", "ж"},
		{"71 need two parts of 67", strings.Repeat("ж", 71), 2, "Unicode", "ж"},
		{"134 fill two", strings.Repeat("ж", 134), 2, "Unicode", "ж"},
		{"135 need three", strings.Repeat("ж", 135), 3, "Unicode", "ж"},
		{"an emoji is two units: 35 fit", strings.Repeat("🛑", 35), 1, "Unicode", "🛑"},
		{"and is not split: a part of 67 holds 33", strings.Repeat("🛑", 67), 3, "Unicode", "🛑"},
		{"small ç is not in the alphabet, capital is", "çÇ", 1, "Unicode", "ç"},
		{"each once, in order", "—a’b—’", 1, "Unicode", "—’"},
		{"an em dash makes a text of 160 three parts", strings.Repeat("a", 159) + "—", 3, "Unicode", "—"},
		{"tab and form feed are foreign", "\t\f", 1, "Unicode", "\t\f"},
	} {
		parts, encoding, forced := Parts(test.text)
		if parts != test.parts || encoding != test.encoding || string(forced) != test.forced {
			t.Errorf("%s: %d %s %q, want %d %s %q", test.why, parts, encoding, string(forced), test.parts, test.encoding, test.forced)
		}
	}
}

// The plain forms that findings recommend must do what they promise.
func TestPlainFormsAreInTheAlphabet(t *testing.T) {
	for r, plain := range plainForms {
		if _, encoding, forced := Parts(plain); encoding != EncodingGSM {
			t.Errorf("%q for %q still forces Unicode by %q", plain, r, string(forced))
		}
	}
	for _, r := range "áíóúâêîôûãõçÁÍÓÚ" {
		if plain := plainForm(r); plain == "" {
			t.Errorf("no plain form for %q", r)
		}
	}
	if plain := plainForm('ห'); plain != "" {
		t.Errorf("Thai has no plain form, not %q", plain)
	}
}

func TestPartsNeverShrinkAsATextGrows(t *testing.T) {
	character := rapid.SampledFrom([]string{"a", "€", "{", "é", "\n"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(character, 0, 400).Draw(t, "text"), "")
		before, _, _ := Parts(text)
		after, _, _ := Parts(text + character.Draw(t, "next"))
		if after < before || after > before+1 {
			t.Fatalf("from %d to %d parts", before, after)
		}
	})
}
