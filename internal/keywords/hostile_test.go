package keywords

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// AWS hands over at most 1,600 characters. Whatever they are, reading them must not hold up a batch.
func TestNoTextTakesLong(t *testing.T) {
	if underRace || testing.Short() {
		t.Skip("a test of time")
	}
	const most, limit = 1600, time.Millisecond
	took := func(text string) time.Duration {
		start := time.Now()
		Clean(text).Clauses()
		return time.Since(start)
	}
	// What a plain text of this length takes tells how fast the machine is: a slow one is not a fault of the clean-up.
	plain := time.Hour
	for range 20 {
		plain = min(plain, took(strings.Repeat("stop the texts, please. ", most)[:most]))
	}
	for _, piece := range []string{
		"a\u0301", "\u0301", "ก\u0e38", "e\u0323\u0301\u0302", "👩🏽\u200d👩🏽\u200d👧\u200d", "\u200d", "\U000E0067", "🇺", "ﷺ", "가", "각\u11a8", "ﾊﾟ",
		"\u0653ا\u0654", "ٱ", "\u0958", "ß", "½", "㌀", "ѕt", "CTOП ", "ЖC", "stЖ", "⒮", "𝐒", "ꜱ", "´a", "a'", "'",
		"> ", ">\n", "\n", "a:\n", "From: a\n", "From: a\nSent: b\n", "On a wrote:\n", "On a\nb wrote:\n", "---\n", "-----Original Message-----\n",
		"Sent from my iPhone\n", "-- \n", "iPhoneから送信\n", "“", "”", "“a”", "“a” ", "a “", "\"", "\" ", " \"a", "„a“", "「a」", "«", "Liked “a”", "Liked “a” ",
		"Liked “a”\n", "👍 to “", "\u200b👍\u200b", "\u200a", "\u200a\u200b👍\u200b\u200a", "对“a”", "a.", ".", "a.b@", "a.com", "www.a", "3.", "3:", "。", "…",
		"\x00", "\xed\xa0\xbd", "\xf0\x9f", "\xff", "\u2028", "liked an image ",
	} {
		for _, before := range []string{"", "Liked “", "a ", "\n"} {
			text := before + strings.Repeat(piece, most)
			if runes := []rune(text); len(runes) > most {
				text = string(runes[:most])
			}
			best := time.Hour
			for try := 0; try < 20 && best > limit; try++ { // the machine may be shared
				best = min(best, took(text))
			}
			if best > limit && best > 80*plain {
				t.Errorf("%q and 1,600 characters of %q take %v, plain words %v", before, piece, best, plain)
			}
		}
	}
}

// What a text makes must not be much more than the text.
func TestNoTextTakesMuchRoom(t *testing.T) {
	for _, piece := range []string{"\n", "ﷺ", "👍", "> \n", "a:\n", "“", "a.", "\u0301", "Sent from my iPhone\n"} {
		text := strings.Repeat(piece, 1600)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Clean(text).Clauses()
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(64*len(text)+300_000); got > most {
			t.Errorf("1,600 times %q take %d bytes, more than %d", piece, got, most)
		}
	}
}
