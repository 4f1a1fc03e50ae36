package optout

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/keywords"
)

// listedWord is a word of a list with a lexicon that has the list on.
type listedWord struct {
	locale string // of the pack, "" for the words that count everywhere
	word   string
	with   string // the locales that are on, for the report
	on     *Lexicon
}

// everyListedWord gives each word of each pack twice: with its own pack on, and with all.
func everyListedWord(t testing.TB) []listedWord {
	all := lexicon(t, Locales()...)
	var words []listedWord
	none := lexicon(t)
	for _, w := range baseWords {
		words = append(words, listedWord{"", w.text, "none", none}, listedWord{"", w.text, "all", all})
	}
	for _, p := range packs() {
		own := lexicon(t, p.locale)
		for _, w := range p.words {
			words = append(words, listedWord{p.locale, w.text, p.locale, own}, listedWord{p.locale, w.text, "all", all})
		}
	}
	return words
}

// unseen are characters that show nothing: zero-width ones, those that direct bidirectional text, the soft hyphen,
// variation selectors, the byte order mark.
var unseen = []string{
	"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
	"\u2066", "\u2067", "\u2068", "\u2069", "\ufe0e", "\ufe0f", "\u180e", "\u034f",
}

// around is what people, keyboards and phones put around a word. Line breaks stand outside the marks: "--" in a line of
// its own begins a signature.
var (
	blanks = []string{" ", "  ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u202f", "\u2003", "\u3000", "\u2028", "\u0085"}
	marks  = []string{".", "!", "?", ",", ";", "...", "…", "!!!", "*", "_", "-", "—", "(", ")", "[", "]", "'", "’", "¡", "¿", "。", "！", "؟", "،", "।", "~", "/", "«", "»", "„", "”", "#"}
)

// A word of a list is heard however it is written: this is a promise, and a rule of the carriers.
func TestListedWordsAreHeardHoweverWritten(t *testing.T) {
	for _, w := range everyListedWord(t) {
		f, ok := w.on.Word(keywords.Fold(w.word))
		if !ok {
			t.Errorf("%s %q is not known with %s on", w.locale, w.word, w.with)
			continue
		}
		want := f.Intent
		check := func(t interface {
			Helper()
			Errorf(string, ...any)
		}, text, how string,
		) {
			t.Helper()
			got := w.on.Read(keywords.Clean(text))
			tier := 1
			if want == Unclear {
				tier = 3
			}
			if got.Intent != want || got.Tier != tier || got.Reason != reasonOf(want) {
				t.Errorf("%s %q, %s, with %s on: Read(%q) = %q, tier %d, by %s; want %q, tier %d", w.locale, w.word, how, w.with, text, got.Intent, got.Tier, got.Reason, want, tier)
			}
		}
		check(t, w.word, "as listed")
		check(t, strings.ToLower(w.word), "in small letters")
		check(t, strings.ToUpper(w.word), "in capitals")
		check(t, fullWidth(w.word), "in full-width letters")
		check(t, fullWidth(strings.ToLower(w.word)), "in small full-width letters")
		for _, c := range unseen {
			check(t, c+w.word+c, "between unseen characters")
			check(t, strings.Join(strings.Split(w.word, ""), c), "with unseen characters within")
		}
		for _, c := range blanks {
			check(t, c+w.word+c, "between blanks")
		}
		for _, c := range marks {
			check(t, c+w.word+c, "between marks")
		}
	}
}

func TestListedWordsAreHeardHoweverWrittenAtRandom(t *testing.T) {
	words := everyListedWord(t)
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(words).Draw(t, "word")
		f, _ := w.on.Word(keywords.Fold(w.word))
		text := inAnyCase(t, w.word)
		if rapid.Bool().Draw(t, "full width") {
			text = fullWidth(text)
		}
		outer := func(name string, of ...string) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(of), 0, 4).Draw(t, name), "")
		}
		text = outer("blanks before", blanks...) + outer("marks before", append(marks, unseen...)...) + text +
			outer("marks behind", append(marks, unseen...)...) + outer("blanks behind", blanks...)
		got := w.on.Read(keywords.Clean(text))
		tier := 1
		if f.Intent == Unclear {
			tier = 3
		}
		if got.Intent != f.Intent || got.Tier != tier || got.Reason != reasonOf(f.Intent) {
			t.Fatalf("%s %q with %s on: Read(%q) = %+v, want %q, tier %d", w.locale, w.word, w.with, text, got, f.Intent, tier)
		}
	})
}

// inAnyCase writes each letter small or big, where it has both: not the dotless ı, whose capital is that of i, nor ß.
func inAnyCase(t *rapid.T, word string) string {
	letters := []rune(word)
	for i, r := range letters {
		small, big := unicode.ToLower(r), unicode.ToUpper(r)
		if small == big || unicode.ToLower(big) != small || unicode.ToUpper(small) != big || strings.ContainsRune("ıİßſ", r) {
			continue
		}
		letters[i] = small
		if rapid.Bool().Draw(t, "big") {
			letters[i] = big
		}
	}
	return string(letters)
}

// fullWidth writes the Latin letters and digits without accents as keyboards of East Asia do.
func fullWidth(word string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' && (unicode.IsLetter(r) || unicode.IsNumber(r)) {
			return r - '!' + '！'
		}
		return r
	}, word)
}

// What is read is the same in every process: the order of a map must not show.
func TestEveryLexiconReadsTheSame(t *testing.T) {
	cases := examples(t, "testdata/cases.tsv")
	texts := make([]keywords.Text, len(cases))
	for i, c := range cases {
		texts[i] = keywords.Clean(c.text)
	}
	first := make([]Finding, len(texts))
	for n := range 8 {
		l := lexicon(t, Locales()...)
		for i, text := range texts {
			f := l.Read(text)
			if n == 0 {
				first[i] = f
			} else if !reflect.DeepEqual(f, first[i]) {
				t.Errorf("line %d: Read(%q) = %+v, and of another lexicon of the same locales %+v", cases[i].line, text.Raw, f, first[i])
			}
		}
	}
}
