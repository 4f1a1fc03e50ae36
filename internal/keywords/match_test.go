package keywords

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	rules := []Rule{
		0:  {[]string{"JOIN"}, FirstWord},
		1:  {[]string{"JOIN NOW"}, FirstWord},
		2:  {[]string{"join"}, Whole},
		3:  {[]string{"hours", "Öffnungszeiten"}, ContainsWord},
		4:  {[]string{"opening hours"}, ContainsWord},
		5:  {[]string{`order (?:no )?(\d+)`}, Regex},
		6:  {[]string{"👍"}, Whole},
		7:  {[]string{"🍕"}, FirstWord},
		8:  {[]string{"หยุด"}, Whole},
		9:  {[]string{"1"}, Whole},
		10: {[]string{"hours"}, ContainsWord},
		11: {[]string{`^rate (\w+)$`}, Regex},
		12: {[]string{"opt-in"}, ContainsWord},
		13: {[]string{"💩"}, ContainsWord},
		14: {[]string{"👩‍💻"}, FirstWord},
		15: {[]string{"🇺🇸"}, ContainsWord},
	}
	index, err := Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		why, text string
		want      Hit
		found     bool
	}{
		{"the whole text beats the first word", "Join!", Hit{2, "join", Whole, "Join", nil}, true},
		{"the first word, arguments verbatim", "JOIN Spring Sale", Hit{0, "JOIN", FirstWord, "JOIN", []string{"Spring", "Sale"}}, true},
		{"more words beat fewer", "join now, please", Hit{1, "JOIN NOW", FirstWord, "join now", []string{"please"}}, true},
		{"a mark in place of a blank", "JOIN: Spring", Hit{0, "JOIN", FirstWord, "JOIN", []string{"Spring"}}, true},
		{"a dash sticks the argument on", "JOIN-Spring", Hit{0, "JOIN", FirstWord, "JOIN", []string{"Spring"}}, true},
		{"arguments keep what they are made of", "JOIN 12-34-A +1206 #7", Hit{0, "JOIN", FirstWord, "JOIN", []string{"12-34-A", "+1206", "#7"}}, true},
		{"a word is whole: resist is not a match for sist", "rejoin joined", Hit{}, false},
		{"contained anywhere", "your hours?", Hit{3, "hours", ContainsWord, "hours", []string{"your"}}, true},
		{"the longer keyword first", "what are your Opening Hours today", Hit{4, "opening hours", ContainsWord, "Opening Hours", []string{"what", "are", "your", "today"}}, true},
		{"accents and case", "öffnungszeiten bitte", Hit{3, "Öffnungszeiten", ContainsWord, "öffnungszeiten", []string{"bitte"}}, true},
		{"a group of an expression is the argument", "My ORDER No. 4711 please", Hit{5, `order (?:no )?(\d+)`, Regex, "ORDER No. 4711", []string{"4711"}}, true},
		{"and is given as the person wrote it", "Rate ÉTÉ", Hit{11, `^rate (\w+)$`, Regex, "Rate ÉTÉ", []string{"ÉTÉ"}}, true},
		{"an emoji in any skin tone", "👍🏾", Hit{6, "👍", Whole, "👍🏾", nil}, true},
		{"a first emoji, though outer ones are no words", "🍕 large", Hit{7, "🍕", FirstWord, "🍕", []string{"🍕", "large"}}, true},
		{"an outer emoji anywhere", "what 💩", Hit{13, "💩", ContainsWord, "💩", []string{"what", "💩"}}, true},
		{"an emoji joined of several, in any skin tone", "👩🏾‍💻 me", Hit{14, "👩‍💻", FirstWord, "👩‍💻", []string{"👩🏾‍💻", "me"}}, true},
		{"a flag", "go 🇺🇸!", Hit{15, "🇺🇸", ContainsWord, "🇺🇸", []string{"go", "🇺🇸"}}, true},
		{"a keyword with a dash", "I opt in to it", Hit{12, "opt-in", ContainsWord, "opt in", []string{"I", "to", "it"}}, true},
		{"Thai", "หยุด", Hit{8, "หยุด", Whole, "หยุด", nil}, true},
		{"a digit", " 1. ", Hit{9, "1", Whole, "1", nil}, true},
		{"nothing", "hello", Hit{}, false},
		{"no words", "…", Hit{}, false},
	} {
		t.Run(test.why, func(t *testing.T) {
			got, found := index.Find(Clean(test.text))
			if diff := cmp.Diff(test.want, got); diff != "" || found != test.found {
				t.Errorf("Find(%q) found %v (-want +got):\n%s", test.text, found, diff)
			}
		})
	}
}

func TestAllTellsEachRuleOnceInOrder(t *testing.T) {
	index, err := Compile([]Rule{
		{[]string{".*"}, Regex},
		{[]string{"sale", "spring"}, ContainsWord},
		{[]string{"sale"}, FirstWord},
		{[]string{"spring sale"}, ContainsWord},
		{[]string{"other"}, Whole},
	})
	if err != nil {
		t.Fatal(err)
	}
	var order []int
	for _, h := range index.All(Clean("Sale sale: spring sale")) {
		order = append(order, h.Rule)
	}
	if diff := cmp.Diff([]int{2, 3, 1, 0}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompileTellsEveryBadKeyword(t *testing.T) {
	_, err := Compile([]Rule{{[]string{"ok", "!!"}, Whole}, {[]string{"("}, Regex}, {[]string{"x"}, "sometimes"}})
	if !errors.Is(err, ErrNoWords) {
		t.Errorf("no ErrNoWords in %v", err)
	}
	var one *CompileError
	if !errors.As(err, &one) || one.Rule != 0 || one.Keyword != "!!" {
		t.Errorf("first error is %v", one)
	}
	for _, part := range []string{`"("`, "missing closing )", `unknown match "sometimes"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %s", err, part)
		}
	}
	if strings.Contains(err.Error(), "(?i)") {
		t.Errorf("%v shows what the operator did not write", err)
	}
}

func TestCovers(t *testing.T) {
	index, err := Compile([]Rule{{[]string{"join"}, FirstWord}, {[]string{"sale"}, ContainsWord}, {[]string{"menu"}, Whole}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		why   string
		match Match
		word  string
		want  bool
	}{
		{"a whole text by its first word", Whole, "join now", true},
		{"by a word in it", Whole, "big sale", true},
		{"by the same whole text", Whole, "MENU", true},
		{"a first word by the same", FirstWord, "JOIN", true},
		{"a first word by a longer text's word", FirstWord, "sale today", true},
		{"not by a whole text: there are longer ones", FirstWord, "menu", false},
		{"a contained word not by a first word", ContainsWord, "join", false},
		{"a contained word by one in it", ContainsWord, "big sale", true},
		{"an expression is not judged", Regex, "join", false},
	} {
		if got := index.Covers(test.match, test.word); got != test.want {
			t.Errorf("%s: Covers(%s, %q) = %v", test.why, test.match, test.word, got)
		}
	}
}

// Places in the text are found by folding it piece by piece, which is right only as long as the pieces give the
// same words as the whole.
func TestPiecesGiveTheSameWordsAsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own := Clean(rapid.OneOf(
			rapid.String(),
			rapid.StringOf(rapid.RuneFrom([]rune("aÉ '’-.,ж🛑👍🏽\u200d\ufe0f\u0301ก\u0e38½… \n"))),
		).Draw(t, "s")).Own
		var pieces []string
		for at := 0; at < len(own); {
			end := pieceAt(own, at)
			if end == at {
				end += len(string([]rune(own[at:])[0]))
			}
			pieces = append(pieces, tokens(own[at:end])...)
			at = end
		}
		if diff := cmp.Diff(strings.Join(tokens(own), " "), strings.Join(pieces, " ")); diff != "" {
			t.Fatalf("%q (-whole +pieces):\n%s", own, diff)
		}
	})
}

func TestFilterNeverMissesAWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringN(1, 20, -1), 0, 200).Draw(t, "words")
		f := newFilter(len(words))
		for _, w := range words {
			f.add(w)
		}
		for _, w := range words {
			if !f.has(w) {
				t.Fatalf("%q is missed among %q", w, words)
			}
		}
	})
}
