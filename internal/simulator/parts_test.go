package simulator

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
)

// Parts as page sms-limitations-character counts them.
func TestCountParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       partCount
	}{
		// One part holds 160 septets, two hold 153 each.
		{"160", strings.Repeat("a", 160), partCount{parts: 1}},
		{"161", strings.Repeat("a", 161), partCount{parts: 2}},
		{"306", strings.Repeat("a", 306), partCount{parts: 2}},
		{"307", strings.Repeat("a", 307), partCount{parts: 3}},
		// The letters of GSM 03.38 count one, its extension two.
		{"accents", strings.Repeat("é", 160), partCount{parts: 1}},
		{"euro", strings.Repeat("€", 80), partCount{parts: 1}},
		{"euro more", strings.Repeat("€", 81), partCount{parts: 2}},
		// An extension pair is not split: the first part holds 76 of them in 153 septets, and so does the second.
		{"pairs", strings.Repeat("€", 153), partCount{parts: 3}},
		// One other character makes it all UCS-2: 70, then 67 a part.
		{"dash", strings.Repeat("a", 69) + "—", partCount{parts: 1, unicode: true}},
		{"dash at 160", strings.Repeat("a", 159) + "—", partCount{parts: 3, unicode: true}},
		{"71", strings.Repeat("ж", 71), partCount{parts: 2, unicode: true}},
		{"134", strings.Repeat("ж", 134), partCount{parts: 2, unicode: true}},
		// An emoji is two units and is not split.
		{"35 emoji", strings.Repeat("🙂", 35), partCount{parts: 1, unicode: true}},
		{"67 emoji", strings.Repeat("🙂", 67), partCount{parts: 3, unicode: true}},
		// The service takes 1530 septets or 630 units.
		{"1530", strings.Repeat("a", 1530), partCount{parts: 10}},
		{"1531", strings.Repeat("a", 1531), partCount{parts: 11, tooLong: true}},
		{"631", strings.Repeat("ж", 631), partCount{parts: 10, unicode: true, tooLong: true}},
	} {
		if got := countParts(test.text); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestCountryOf(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+14255550101": "US", "+14165550101": "CA", "+447700900123": "GB", "+353861234567": "IE", "+85255550101": "HK",
		"+79105550101": "RU", "+99955550101": "", "": "",
	} {
		if got := countryOf(sms.Phone(number)); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
	if callingCode("GB") != "44" || callingCode("XX") != "1" {
		t.Error(callingCode("GB"), callingCode("XX"))
	}
}

// The double counts as heed check does, and so as heed's reports: internal/store holds SQL to the same.
func TestCountPartsAsTheCheckDoes(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		texts := []string{string(r)}
		if r < 0x500 || r > 0xFFFF && r < 0x10100 { // of several parts, with characters of one unit and of two
			texts = append(texts, strings.Repeat(texts[0], 161))
		}
		for _, text := range texts {
			parts, encoding, _ := program.Parts(text)
			if c := countParts(text); c.parts != parts || c.unicode != (encoding == program.EncodingUnicode) {
				t.Fatalf("%d of %q: %+v, the check says %d parts in %s", utf8.RuneCountInString(text), r, c, parts, encoding)
			}
		}
	}
}
