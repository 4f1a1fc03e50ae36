//go:build !race

package program

import (
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/keywords"
)

// What an operator's rules cost must not grow with their number. The race detector makes map look-ups slower than the
// rest, so this file is not for it.
func TestManyRulesTakeNoLonger(t *testing.T) {
	if testing.Short() {
		t.Skip("a test of time")
	}
	const times, limit = 300, 1.5
	few, many := manyRules(t, 10), manyRules(t, 10_000)
	keyword := few.Rules[0].Words[0] // a whole one, and in both
	for _, test := range []struct{ name, text, verdict string }{
		{"a short keyword", keyword, VerdictKeyword},
		{"a compliance word", "STOP", VerdictOptOut},
		{"a miss", "qqxxzz", VerdictNone},
		{"a sentence of 160 characters", strings.Repeat("Hello, could you tell me when it opens? ", 4), VerdictNone},
	} {
		t.Run(test.name, func(t *testing.T) {
			read := func(p *Program) time.Duration {
				start := time.Now()
				for range times {
					p.Read("+12065550100", keywords.Clean(test.text), time.Time{})
				}
				return time.Since(start)
			}
			for _, p := range []*Program{few, many} {
				if got := p.Read("+12065550100", keywords.Clean(test.text), time.Time{}); got.Verdict != test.verdict {
					t.Fatalf("Read(%q) = %+v, want %s", test.text, got, test.verdict)
				}
			}
			// The best of each is what the code takes when nothing else runs, so they are taken in turn until they fit.
			ratio, with10, with10000 := 0.0, time.Hour, time.Hour
			for try := 0; try < 100 && (try < 5 || ratio > limit); try++ {
				with10, with10000 = min(with10, read(few)), min(with10000, read(many))
				ratio = float64(with10000) / float64(with10)
			}
			t.Logf("%v with 10 rules, %v with 10,000: %.2f times", with10/times, with10000/times, ratio)
			if ratio > limit {
				t.Errorf("with 10,000 rules it takes %.2f times as long as with 10", ratio)
			}
		})
	}
}
