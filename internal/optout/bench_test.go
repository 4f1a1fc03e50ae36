package optout

import (
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/keywords"
)

// BenchmarkRead is the whole way from raw text to verdict.
func BenchmarkRead(b *testing.B) {
	sentence := "Hi there, could you please tell the front desk that I will be about ten minutes late for my appointment tomorrow with Dr Smith, the bus does not stop here. Tx!!!"
	for _, test := range []struct {
		name    string
		text    string
		locales []string
	}{
		{"keyword", "STOP", []string{"en"}},
		{"unlisted-word", "JOIN", []string{"en"}},
		{"request", "please stop texting me", []string{"en"}},
		{"sentence-160", sentence, []string{"en"}},
		{"sentence-160-five-grammars", sentence, []string{"en", "es", "fr", "de", "pt"}},
		{"sentence-160-all", sentence, Locales()},
		{"hostile-1600", strings.Repeat("stop not stop me ", 95), []string{"en", "es", "fr", "de", "pt"}},
	} {
		l := lexicon(b, test.locales...)
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Read(keywords.Clean(test.text))
			}
		})
	}
}

// BenchmarkNewLexicon is a part of the first invocation of each worker.
func BenchmarkNewLexicon(b *testing.B) {
	for b.Loop() {
		if _, err := NewLexicon([]string{"en"}); err != nil {
			b.Fatal(err)
		}
	}
}
