package optout

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/keywords"
)

// example is one row of testdata/cases.tsv, written from the published rules and from reports of real failures, and
// not from this package.
type example struct {
	line                                  int
	kind, locales, expected, text, source string
}

func examples(t *testing.T, file string) []example {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []example
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		if n == 1 || in.Text() == "" || strings.HasPrefix(in.Text(), "#") {
			continue
		}
		c := strings.Split(in.Text(), "\t")
		if len(c) != 5 {
			t.Fatalf("line %d has %d columns", n, len(c))
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(c[3], `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("line %d: %q: %v", n, c[3], err)
		}
		if c[4] == "" {
			t.Errorf("line %d names no source", n)
		}
		all = append(all, example{n, c[0], c[1], c[2], text, c[4]})
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// verdictOf is the word of the case file for what was read.
func verdictOf(text keywords.Text, f Finding) string {
	switch {
	case text.Reaction:
		return "reaction"
	case f.Intent == None:
		return "none"
	}
	return string(f.Intent)
}

func TestCases(t *testing.T) {
	all := examples(t, "testdata/cases.tsv")
	if len(all) < 600 {
		t.Fatalf("%d rows", len(all))
	}
	lexicons := map[string]*Lexicon{}
	rows, wrong := map[string]int{}, map[string]int{}
	var silenced, missed, deaf int
	for _, c := range all {
		l := lexicons[c.locales]
		if l == nil {
			var err error
			if l, err = NewLexicon(strings.FieldsFunc(c.locales, func(r rune) bool { return r == ',' || r == '-' })); err != nil {
				t.Fatalf("line %d: %v", c.line, err)
			}
			lexicons[c.locales] = l
		}
		text := keywords.Clean(c.text)
		f := l.Read(text)
		got := verdictOf(text, f)
		rows[c.kind]++
		if got == c.expected {
			continue
		}
		wrong[c.kind]++
		t.Errorf("line %d: %s [%s] %q is %s by %s (%q), want %s: %s", c.line, c.kind, c.locales, c.text, got, f.Reason, f.Matched, c.expected, c.source)
		switch {
		case c.kind == "tier1" && c.expected == "opt_out":
			missed++
		case c.expected != "opt_out" && c.kind == "innocent" && got == "opt_out":
			silenced++
		case c.kind == "request" && got == "none":
			deaf++
		}
	}
	for _, kind := range []string{"tier1", "request", "unclear", "optin", "help", "innocent", "guard", "reaction"} {
		t.Logf("%-9s %4d rows, %d read otherwise", kind, rows[kind], wrong[kind])
	}
	t.Logf("opt-outs of tier 1 missed: %d; innocent sentences opted out: %d; requests read as none: %d of %d (%.1f %%)",
		missed, silenced, deaf, rows["request"], 100*float64(deaf)/float64(max(rows["request"], 1)))
	if missed > 0 || silenced > 0 || deaf*50 > rows["request"] {
		t.Error("a promise is broken")
	}
}

// Other languages that are on must not hear a request in an English sentence that is none.
func TestInnocentInEveryLanguage(t *testing.T) {
	l := lexicon(t, "en", "es", "fr", "de", "pt")
	for _, c := range examples(t, "testdata/cases.tsv") {
		if c.kind != "innocent" || c.locales != "en" {
			continue
		}
		if f := l.Read(keywords.Clean(c.text)); f.Intent == OptOut && f.Tier > 1 {
			t.Errorf("line %d: %q is an opt-out by %s (%q) where five languages are on", c.line, c.text, f.Reason, f.Matched)
		}
	}
}

// What is still read wrong is counted, and kept as a list of what to mend next.
func TestOpenCases(t *testing.T) {
	var silenced, deaf int
	all := examples(t, "testdata/open.tsv")
	for _, c := range all {
		text := keywords.Clean(c.text)
		got := verdictOf(text, lexicon(t, strings.FieldsFunc(c.locales, func(r rune) bool { return r == ',' || r == '-' })...).Read(text))
		switch {
		case got == c.expected:
			t.Errorf("line %d: %q is read right now: move it to cases.tsv", c.line, c.text)
		case got == "opt_out":
			silenced++
		case c.expected == "opt_out" && got == "none":
			deaf++
		}
	}
	t.Logf("%d texts are still read otherwise: %d innocent ones opted out, %d requests read as none", len(all), silenced, deaf)
}

// Whoever asks why is told: the list, or the reading, that decided is among the steps.
func TestEveryVerdictIsExplained(t *testing.T) {
	lexicons := map[string]*Lexicon{}
	for _, c := range examples(t, "testdata/cases.tsv") {
		l := lexicons[c.locales]
		if l == nil {
			l = lexicon(t, strings.FieldsFunc(c.locales, func(r rune) bool { return r == ',' || r == '-' })...)
			lexicons[c.locales] = l
		}
		text := keywords.Clean(c.text)
		f := l.Read(text)
		if f.Intent == None {
			continue
		}
		told := false
		for _, s := range l.Explain(text) {
			told = told || strings.Contains(s.Detail, f.Reason) || strings.Contains(s.Detail, f.Keyword) && f.Keyword != "" ||
				s.Tier == f.Tier && strings.ReplaceAll(s.Step, " ", "_") == f.Reason
		}
		if !told {
			t.Errorf("line %d: %q is %s by %s (%s), and no step says so: %v", c.line, c.text, f.Intent, f.Reason, f.Keyword, l.Explain(text))
		}
	}
}
