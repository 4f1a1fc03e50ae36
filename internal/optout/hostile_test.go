//go:build !race

package optout

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
)

// AWS hands over at most 1,600 characters. Whatever they are, hearing what they ask for must not hold up a batch. The
// race detector makes all code several times slower, so this file is not for it.
func TestNoTextTakesLongToRead(t *testing.T) {
	if testing.Short() {
		t.Skip("a test of time")
	}
	const limit = time.Millisecond
	l := lexicon(t, Locales()...)
	read := func(text string) time.Duration {
		start := time.Now()
		l.Read(keywords.Clean(text))
		return time.Since(start)
	}
	type timed struct {
		name string
		best time.Duration
	}
	var all, slow []timed
	texts := hostileTexts()
	for name, text := range texts {
		best := time.Hour
		// The machine may be shared; but that does not make it five times slower three times in a row.
		for try := 0; try < 20 && best > limit && (try < 3 || best < 5*limit); try++ {
			best = min(best, read(text))
		}
		all = append(all, timed{name, best})
		if best > limit {
			if slow = append(slow, timed{name, best}); len(slow) == 300 {
				t.Error("gives up: enough is known")
				break
			}
		}
	}
	worstFirst := func(a, b timed) int { return cmp.Compare(b.best, a.best) }
	// The slow ones again, when the machine may be quieter. A machine of half the speed is not a fault of the reader.
	for i := range slow {
		for try := 0; try < 100 && slow[i].best > limit; try++ {
			slow[i].best = min(slow[i].best, read(texts[slow[i].name]))
		}
	}
	slices.SortFunc(slow, worstFirst)
	for _, h := range slow[:min(len(slow), 20)] {
		if h.best > 2*limit {
			t.Errorf("%s takes %v: %.60q...", h.name, h.best, texts[h.name])
		}
	}
	slices.SortFunc(all, worstFirst)
	all = all[:min(len(all), 40)]
	for i := range all {
		for range 10 {
			all[i].best = min(all[i].best, read(texts[all[i].name]))
		}
	}
	slices.SortFunc(all, worstFirst)
	for _, h := range all[:min(len(all), 10)] {
		t.Logf("%v: %s", h.best, h.name)
	}
}

func TestNoTextTakesMuchRoomToRead(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of texts")
	}
	const most = 2_000_000
	l := lexicon(t, Locales()...)
	var worst uint64
	var which string
	over := 0
	for name, text := range hostileTexts() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		l.Read(keywords.Clean(text))
		runtime.ReadMemStats(&after)
		got := after.TotalAlloc - before.TotalAlloc
		if got > most {
			if over++; over <= 20 {
				t.Errorf("%s takes %d bytes, more than %d: %.60q...", name, got, most, text)
			}
		}
		if got > worst {
			worst, which = got, name
		}
	}
	if over > 0 {
		t.Errorf("%d texts take more than %d bytes", over, most)
	}
	t.Logf("at most %d bytes: %s", worst, which)
}

// hostileTexts are texts of 1,600 characters made to be slow to read, from the words that the grammars know.
func hostileTexts() map[string]string {
	texts := make(map[string]string)
	fill := func(name, before, piece, after string) {
		const most = 1600
		room := most - utf8.RuneCountInString(before) - utf8.RuneCountInString(after)
		filled := []rune(strings.Repeat(piece, room/utf8.RuneCountInString(piece)+1))
		texts[name] = before + string(filled[:max(room, 0)]) + after
	}
	for _, piece := range []string{
		"a ", "a. ", "z. ", "1 ", "1. ", "aa", "a\n", "stop\n", "STOP. ", "stop. no. ", "stop, ", "stop? ", "ok. ", "ok. stop. ", "no ", "no. ", "stop ", "end end ", "cancel. ", "stop all. ", "stop please. ",
		"😀", "🛑", "😀 ", "🛑 ", "😀. ", "🛑. ", "👩🏽\u200d👧 ", "# ", "stop # ", "stop the ", "stop the the the ", "i want to ", "if you ", "the me ", "not you not ",
		"dung. ", "dừng. ", "dung stop. ", "huy. ", "tc. ", "stooop ", "stoooop. ", "thisssss ", "ooo ", "ß ", "é ", "é. stop. ", "退订。", "退订 ", "停", "หยุด ", "توقف، ", "ﷺ", "stop ﷺ. ", "s t o p. ",
		"unsubscribe. ", "unsubscribe me. ", "u ", "u. ", "help. ", "help ", "info ", "start. ", "yes. ", "stop to ", "stop 2 ", "stop or ", "help or ",
	} {
		fill(fmt.Sprintf("%q", piece), "", piece, "")
		fill(fmt.Sprintf("%q and a yes", piece), "", piece, " zzz")
	}
	for _, l := range [][]word{baseWords, enWords, esWords, frWords, deWords, ptWords, viWords, thWords, zhWords, arWords, ruWords} {
		for _, w := range l {
			for _, mark := range []string{" ", ". ", "\n"} {
				fill(fmt.Sprintf("listed %q", w.text+mark), "", w.text+mark, "")
			}
			fill(fmt.Sprintf("listed %q, no", w.text), "", w.text+". no. ", "")
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, language := range languages() {
		g := language.compile()
		for _, first := range slices.Sorted(maps.Keys(g.words)) {
			for _, phrase := range append([]phrase{{}}, g.words[first].phrases...) {
				piece := strings.Join(append([]string{first}, phrase.rest...), " ")
				fill(fmt.Sprintf("%s: %q", language.locale, piece), "", piece+" ", "")
				fill(fmt.Sprintf("%s: clauses of %q", language.locale, piece), "", piece+". ", "")
			}
		}
		shortest := map[string]string{"_": "x", "IGNORED": "ok"}
		var frequent []string
		for _, name := range slices.Sorted(maps.Keys(language.classes)) {
			words := strings.Split(language.classes[name], "|")
			shortest[name] = slices.MinFunc(words, func(a, b string) int { return len(a) - len(b) })
			frequent = append(frequent, words[0], shortest[name])
		}
		slices.Sort(frequent)
		frequent = slices.Compact(frequent)
		for range 800 { // there are too many pairs and triples to try all
			var words []string
			for range 2 + random.IntN(3) {
				words = append(words, frequent[random.IntN(len(frequent))])
			}
			mark := []string{" ", " ", " ", ". ", ", "}[random.IntN(5)]
			piece := strings.Join(words, " ")
			fill(fmt.Sprintf("%s: %q", language.locale, piece+mark), "", piece+mark, "")
		}
		for _, r := range language.readings {
			for _, source := range r.patterns {
				hostilePattern(language.locale+" "+source, source, shortest, fill)
			}
		}
	}
	return texts
}

// hostilePattern makes texts that nearly are what a pattern describes, over and over, or with a part that may repeat
// repeated, so that all ways to match are tried.
func hostilePattern(name, source string, shortest map[string]string, fill func(name, before, piece, after string)) {
	var words []string
	var repeats []int
	for _, e := range strings.Fields(source) {
		if e == "^" || e == "$" || e[0] == '!' {
			continue
		}
		class := strings.Trim(e, "?*!")
		if strings.HasSuffix(e, "*") {
			repeats = append(repeats, len(words))
		}
		word, ok := shortest[class]
		if !ok {
			word = class
		}
		words = append(words, word)
	}
	fill(name+", over and over", "", strings.Join(words, " ")+" ", "")
	fill(name+", without its end", "", strings.Join(words[:max(1, len(words)-1)], " ")+" ", "")
	fill(name+", in clauses", "", strings.Join(words, " ")+". ", "")
	for _, at := range repeats {
		before := strings.Join(append(slices.Clone(words[:at]), ""), " ")
		fill(fmt.Sprintf("%s, %d repeats", name, at), before, words[at]+" ", "")
		fill(fmt.Sprintf("%s, %d repeats, with its end", name, at), before, words[at]+" ", " "+strings.Join(words[at+1:], " "))
		fill(fmt.Sprintf("%s, %d repeats, with another end", name, at), before, words[at]+" ", " zzz")
	}
}
