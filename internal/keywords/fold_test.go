package keywords

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, test := range []struct{ why, in, want string }{
		// Plain ASCII: case, outer marks and blanks never matter (CTIA 5.1.3).
		{"capitals", "STOP", "stop"},
		{"outer marks", "  *Stop!!* ", "stop"},
		{"a word in quotes, as our own texts write it", `"STOP"`, "stop"},
		{"line breaks and tabs are blanks", "stop\r\n\tall", "stop all"},
		{"marks alone are no word", "...!?", ""},
		{"nothing", "", ""},
		{"digits are words", " 12345 ", "12345"},

		// Inner marks part words, so a dash and a blank are the same.
		{"a dash", "opt-out", "opt out"},
		{"an underscore", "OPT_OUT", "opt out"},
		{"typographic dashes", "opt–out—now‑please", "opt out now please"},
		{"an address falls apart, on both sides of a comparison", "a@b.example", "a b example"},

		// Apostrophes inside a word go; people leave them out as often as not.
		{"a straight apostrophe", "don't", "dont"},
		{"a typographic one", "don’t", "dont"},
		{"a modifier letter for one", "donʼt", "dont"},
		{"apostrophes as quotes", "'stop'", "stop"},
		{"between words they part", "stop 'all' now", "stop all now"},
		{"two in a row part", "a''b", "a b"},
		{"an acute accent for one", "don´t", "dont"},
		{"a prime for one", "don′t", "dont"},

		// Unicode forms of the same letters.
		{"full-width", "ＳＴＯＰ", "stop"},
		{"mathematical bold", "𝐒𝐓𝐎𝐏", "stop"},
		{"double-struck", "𝕊𝕥𝕠𝕡", "stop"},
		{"circled", "Ⓢⓣⓞⓟ", "stop"},
		{"squared", "🅂🅃🄾🄿", "stop"},
		{"white on black", "🆂🆃🅾🅿", "stop"},
		{"in brackets", "⒮⒯⒪⒫ 🄢🄣🄞🄟", "stop stop"},
		{"small capitals", "ꜱᴛᴏᴘ", "stop"},
		{"a ligature", "ﬁn", "fin"},

		// Accents go for matching; letters with strokes become plain.
		{"composed", "ARRÊT", "arret"},
		{"decomposed", "ARRE\u0302T", "arret"},
		{"Spanish", "Adiós, mañana", "adios manana"},
		{"Turkish dotted capital", "İPTAL", "iptal"},
		{"Turkish dotless small", "ıptal", "iptal"},
		{"German sharp s, both cases", "Straße STRASSE STRAẞE", "strasse strasse strasse"},
		{"Polish strokes", "wyłącz", "wylacz"},
		{"Greek final sigma", "ΛΟΓΟΣ λόγος", "λογοσ λογοσ"},
		{"Cyrillic", "СТОП Ёлка", "стоп елка"},

		// Marks that are letters stay.
		{"Thai", "หยุด", "หยุด"},
		{"Bengali", "বন্ধ", "বন্ধ"},
		{"Burmese", "ရပ်", "ရပ်"},
		{"Devanagari", "रोकें", "रोकें"},
		{"Khmer", "ឈប់", "ឈប់"},
		{"Lao", "ຢຸດ", "ຢຸດ"},
		{"Bengali with the dot of another letter", "বড়", "বড\u09bc"},

		// Marks that people leave out, and letters that they write for each other, go.
		{"the dot of Devanagari", "ख़त्म \u0958", "खत्म क"},
		{"points of Hebrew", "הַסֵּר", "הסר"},
		{"harakat and tatweel", "إِلْغَاء تـــوقف", "الغاء توقف"},
		{"the alefs", "أإآٱا", "ااااا"},
		{"final letters", "إلى مدرسة", "الي مدرسه"},
		{"Persian and Urdu letters", "کی", "كي"},
		{"hamza that makes another letter stays", "مؤسسة ئ", "مؤسسه ئ"},
		{"Hangul comes back whole", "중지", "중지"},
		{"half-width kana", "ｽﾄｯﾌﾟ", "ストップ"},
		{"a mark without a letter is noise", "\u0301stop \u0302", "stop"},

		// Look-alikes: only inside a word that is otherwise Latin.
		{"one Cyrillic letter", "ST\u041eP", "stop"},
		{"Cyrillic s, o and p with a Latin t", "ѕtор", "stop"},
		{"a Greek omicron", "STΟP", "stop"},
		{"an honest Cyrillic word stays", "стоп", "стоп"},
		{"Latin letters in a Cyrillic word", "CTOП", "стоп"},
		{"Latin letters in a Greek word", "ΛOΓOΣ", "λογοσ"},
		{"a mixed word with a letter like no Latin one stays", "stЖp", "stжp"},

		// Invisible characters.
		{"zero-width space", "ST\u200bOP", "stop"},
		{"joiners and bidi controls", "\u202eS\u200dT\u2066O\u200cP\u202c", "stop"},
		{"soft hyphen and byte order mark", "\ufeffST\u00adOP", "stop"},
		{"variation selector", "STOP\ufe0f", "stop"},
		{"no-break blanks", "STOP\u00a0ALL\u202fNOW", "stop all now"},
		{"controls", "ST\x07OP", "stop"},
		{"NUL is damage and parts", "STOP\x00", "stop"},

		// Emoji: words of their own; off at the ends if there are words besides.
		{"outer emoji", "🛑 STOP 🛑🛑", "stop"},
		{"an inner one stays", "I ❤️ you", "i ❤ you"},
		{"alone they are the word", "👍🏾", "👍"},
		{"an emoji joined of several", "👩🏽‍💻", "👩 💻"},
		{"a flag of tags is a flag", "🏴\U000E0067\U000E0062\U000E007F", "🏴"},
		{"a keycap is its digit", "1️⃣", "1"},
		{"digits of other scripts", "١٢ ४", "12 4"},
		{"a trademark sign is no word", "Acme®", "acme"},
	} {
		if got := Fold(test.in); got != test.want {
			t.Errorf("%s: Fold(%q) = %q, want %q", test.why, test.in, got, test.want)
		}
	}
}

// Both ways of folding ASCII must agree, or a text would change its meaning by gaining one foreign character.
func TestFastAndSlowWayAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aZ09'`\"-_.,!? \t\n\x07\x7f"))).Draw(t, "s")
		slow, _ := trimEmoji(tokens(s + " ж"))
		want := strings.TrimPrefix(strings.TrimSuffix(strings.Join(slow, " "), "ж"), " ")
		if got, _ := foldASCII(s); got != strings.TrimSpace(want) {
			t.Fatalf("foldASCII(%q) = %q, slow way %q", s, got, want)
		}
	})
}

func TestWhatNeverChangesTheMatchingForm(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("aeiouéñçğşstpxyzλσжщяหยุดব")), 1, 8, -1)
	invisible := []string{"\u200b", "\u200d", "\u200c", "\u2066", "\u202e", "\ufeff", "\u00ad", "\ufe0f", "\u2060", "\U000E0067", "\u061c", "\u0640"}
	marks := []string{"!", ".", "…", "\"", "“", "*", "-", "—", "?", "(", " ", "\u00a0", "\n", "🛑", "👍🏽"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 5).Draw(t, "words")
		plain := strings.Join(words, " ")
		want := Fold(plain)
		if want == "" {
			t.Skip("only marks")
		}
		dressed := rapid.SampledFrom(marks).Draw(t, "before")
		for i, w := range words {
			if i > 0 {
				dressed += rapid.SampledFrom([]string{" ", "  ", "\n", "\t", "\u00a0", "\u3000"}).Draw(t, "blank")
			}
			if rapid.Bool().Draw(t, "capitals") {
				w = strings.ToUpper(w)
			}
			runes := []rune(w)
			at := rapid.IntRange(0, len(runes)).Draw(t, "at")
			dressed += string(runes[:at]) + rapid.SampledFrom(invisible).Draw(t, "invisible") + string(runes[at:])
		}
		dressed += rapid.SampledFrom(marks).Draw(t, "after")
		if got := Fold(dressed); got != want {
			t.Fatalf("Fold(%q) = %q, Fold(%q) = %q", dressed, got, plain, want)
		}
	})
}

func TestFoldingTwiceChangesNothing(t *testing.T) {
	// Runes from all the ranges that the tables treat in some special way, so that they meet often.
	odd := []rune("aAsſßıİ'’`-. \n\t\u0301\u0323\u0345\u034f\u0e38\u0cbf\u200d\ufe0f\u20e3\u0488ςΣµμκ" +
		"оѕӏЖŉǆﬁ½²①㌀㏂ﷺ가각\u1160\u3164🅰🅿🛑👍🏽🇺🇸™®\ufffd\ufffc\u2800\x00\x07Åﾞﾊ\u3099नि़क्षกำا\u0654\u064eىہCTOП⒮´\u0f71\u0f72\u0f74")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringOf(rapid.RuneFrom(odd)), rapid.String()).Draw(t, "s")
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, again %q", s, once, twice)
		}
	})
}

// Every character of Unicode alone: cleaning twice, capitals and the tables of blocks must not change what it is.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0x80); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if c, ok := classOfBlock(r); ok && c != classOfRest(r) {
			t.Errorf("%U is %d by its block, %d by the tables", r, c, classOfRest(r))
		}
		once := Fold("a" + string(r) + "b")
		if !norm.NFC.IsNormalString(once) {
			t.Errorf("Fold of %U = %q, not NFC", r, once)
		}
		if twice := Fold(once); twice != once {
			t.Errorf("Fold of %U = %q, again %q", r, once, twice)
		}
		if !unicode.IsMark(r) {
			if small, capital := Fold(string(r)), Fold(string(unicode.ToUpper(r))); small != capital {
				t.Errorf("%U: %q, in capitals %q", r, small, capital)
			}
		}
	}
}

func TestHostileTextsStayBounded(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("ﷺ", 10_000), // one character that decomposes to eighteen
		strings.Repeat("a\u0301", 10_000),
		"a" + strings.Repeat("\u0301", 20_000),
		"ก" + strings.Repeat("ุ", 20_000),
		strings.Repeat("ß", 20_000),
		strings.Repeat("가", 10_000),
		strings.Repeat("🛑", 10_000),
		strings.Repeat("a'", 20_000),
	} {
		once := Fold(s)
		if len(once) > MaxMatched+1000 || !utf8.ValidString(once) {
			t.Errorf("Fold of %d bytes of %.8q gives %d bytes", len(s), s, len(once))
		}
		if twice := Fold(once); twice != once {
			t.Errorf("Fold of %.8q… is not stable: %s", s, cmp.Diff(once, twice))
		}
	}
}
