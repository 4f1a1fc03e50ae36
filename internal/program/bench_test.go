package program

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/keywords"
)

var cleanSample = keywords.Clean("Join the summer sale, 👍 order 4711")

// A short keyword is what nearly every text is.
func BenchmarkClassifyShort(b *testing.B) { benchmarkRead(b, 10, "Stop", "JOIN", "HELP", "hello") }

func BenchmarkClassify160(b *testing.B) {
	benchmarkRead(b, 10, strings.Repeat("Hello, could you tell me when it opens? ", 4))
}

// Accents, an emoji and a typographic apostrophe send a text the slow way.
func BenchmarkClassify160Unicode(b *testing.B) {
	benchmarkRead(b, 10, "Bonjour, pourriez-vous me dire à quelle heure ça ouvre aujourd’hui ? Merci beaucoup 🙏 et à très bientôt, j’espère que tout va bien chez vous, bonne journée, Zoé")
}

// The cost of a text must not grow with the operator's rules.
func BenchmarkRules10(b *testing.B)    { benchmarkRead(b, 10, sentence) }
func BenchmarkRules10000(b *testing.B) { benchmarkRead(b, 10_000, sentence) }

func BenchmarkRulesShort10(b *testing.B)    { benchmarkRead(b, 10, "hello") }
func BenchmarkRulesShort10000(b *testing.B) { benchmarkRead(b, 10_000, "hello") }

const sentence = "Hello, could you tell me when it opens? I would like to come by with a friend"

// Texts made to be slow: 1,600 characters each.
func BenchmarkHostile(b *testing.B) {
	for name, text := range map[string]string{
		"ligatures": strings.Repeat("ﷺ", 1600),
		"words":     strings.Repeat("a ", 800),
		"marks":     "ก" + strings.Repeat("ุ", 1599),
		"emoji":     strings.Repeat("🛑", 1600),
		"quotes":    strings.Repeat("“>:\n", 400),
		"mixed":     strings.Repeat("aо", 800),
		"digits":    strings.Repeat("𝟗", 1600),
	} {
		b.Run(name, func(b *testing.B) { benchmarkRead(b, 10_000, text) })
	}
}

func benchmarkRead(b *testing.B, rules int, texts ...string) {
	p := manyRules(b, rules)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Read("+12065550100", keywords.Clean(texts[i%len(texts)]), time.Time{})
	}
}

// manyRules makes a program with rules of all kinds of match but regex, of one to three words, spelled at random.
func manyRules(b testing.TB, n int) *Program {
	var document strings.Builder
	document.WriteString("version: 1\nprograms:\n  acme:\n    brand: Acme\n    identities: ['+12065550100']\n    keywords:\n")
	kinds := []string{"whole", "first_word", "contains_word"}
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{"stop": true}
	for i := 0; i < n; {
		word := make([]byte, 4+random.IntN(6))
		for j := range word {
			word[j] = "etaoinshrdlucmfwypvbgkqjxz"[min(random.IntN(26), random.IntN(26))]
		}
		if seen[string(word)] {
			continue
		}
		seen[string(word)] = true
		fmt.Fprintf(&document, "      - {words: [%q], match: %s, action: forward}\n", string(word)+strings.Repeat(" more", i/3%3), kinds[i%3])
		i++
	}
	return parsed(b, document.String()).Programs[0]
}
