package optout

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/keywords"
)

func TestLocales(t *testing.T) {
	want := []string{
		"ar", "bn", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "my", "nl", "pl", "pt", "ru", "sv", "th", "tr", "uk",
		"vi", "zh",
	}
	if diff := cmp.Diff(want, Locales()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A word that folds to nothing is never heard, one of digits alone is an answer to anything, one that is there twice
// was meant to be another.
func TestEveryWordOfAPackCanBeHeard(t *testing.T) {
	inBase := make(map[string]bool)
	for _, w := range baseWords {
		inBase[keywords.Fold(w.text)] = true
	}
	for _, p := range packs() {
		seen := make(map[string]string)
		for _, w := range p.words {
			folded := keywords.Fold(w.text)
			switch {
			case !strings.ContainsFunc(folded, unicode.IsLetter):
				t.Errorf("%s: %q folds to %q, in which there is no letter", p.locale, w.text, folded)
			case seen[folded] != "":
				t.Errorf("%s: %q is %q again", p.locale, w.text, seen[folded])
			case inBase[folded]:
				t.Errorf("%s: %q is in the base", p.locale, w.text)
			case len(w.sources) == 0 || slices.Contains(w.sources, ""):
				t.Errorf("%s: %q has no source", p.locale, w.text)
			case len(strings.Fields(folded)) > 5:
				t.Errorf("%s: %q is a sentence, which is not for a list", p.locale, w.text)
			}
			seen[folded] = w.text
		}
		for _, intent := range []Intent{OptOut, Help} {
			if !slices.ContainsFunc(p.words, func(w word) bool { return w.intent == intent }) && p.locale != "en" && p.locale != "fr" {
				t.Errorf("%s: no word for %s", p.locale, intent)
			}
		}
	}
}

func TestYes(t *testing.T) {
	meaning := make(map[string]string) // of all words, wherever they are
	for _, w := range baseWords {
		meaning[keywords.Fold(w.text)] = "the base"
	}
	for _, p := range packs() {
		for _, w := range p.words {
			meaning[keywords.Fold(w.text)] = p.locale
		}
	}
	for _, p := range packs() {
		if len(p.yes) == 0 {
			t.Errorf("%s has no yes", p.locale)
		}
		seen := make(map[string]bool)
		for _, yes := range p.yes {
			folded := keywords.Fold(yes)
			if !strings.ContainsFunc(folded, unicode.IsLetter) || seen[folded] {
				t.Errorf("%s: the yes %q is none or is there twice", p.locale, yes)
			}
			if where := meaning[folded]; where != "" {
				t.Errorf("the yes %q of %s is a compliance word of %s", yes, p.locale, where)
			}
			seen[folded] = true
		}
	}
}

func TestAWordCountsWhereItsPackIsOn(t *testing.T) {
	none := lexicon(t)
	for _, p := range packs() {
		l := lexicon(t, p.locale)
		for _, w := range p.words {
			folded := keywords.Fold(w.text)
			if f, ok := l.Word(folded); !ok || f.Intent != w.intent || (f.Tier != 1) != (w.intent == Unclear) {
				t.Errorf("%s on: Word(%q) = %+v, want %s", p.locale, w.text, f, w.intent)
			}
			if f, ok := none.Word(folded); ok != w.everywhere {
				t.Errorf("%s off: Word(%q) = %+v", p.locale, w.text, f)
			}
		}
	}
}

// knownConflicts are words that ask for different things in two packs, with what they ask for in the order of the
// locales. Where both packs are on, stop wins. There are none: think twice before the first.
var knownConflicts = map[string]string{}

func TestPacksAgree(t *testing.T) {
	asked := make(map[string][]string)
	intents := make(map[string][]Intent)
	for _, p := range append([]pack{{locale: "base", words: baseWords}}, packs()...) {
		for _, w := range p.words {
			folded := keywords.Fold(w.text)
			asked[folded] = append(asked[folded], p.locale+" "+string(w.intent))
			if !slices.Contains(intents[folded], w.intent) {
				intents[folded] = append(intents[folded], w.intent)
			}
		}
	}
	got := make(map[string]string)
	for folded, in := range intents {
		if len(in) > 1 {
			got[folded] = strings.Join(asked[folded], ", ")
		}
	}
	if diff := cmp.Diff(knownConflicts, got); diff != "" {
		t.Errorf("conflicts (-known +got):\n%s", diff)
	}
}

// everydayAnswers are whole texts that ask for nothing, in any language, and that a translation of the published
// lists would silence. Each comment of a pack names its own.
var everydayAnswers = []string{
	"no", "ok", "off", "fine", "red", "band", "resume", "go", "join", "subscribe", "reg", "dk", "k", "r", "t", "n", "x", "1", // en
	"no more", "wrong number", "stop it", // en
	"fin", "basta", "para", "inicio", // es
	"assez", "non", "commencer", // fr
	"halt", "ende", "nein", "Storno", // de
	"fim", "chega", "não", // pt
	"esci",                    // it
	"uit", "nee", "annuleren", // nl
	"slut", "sluta", "nej", // sv
	"nie", "dość", // pl
	"yeter", "hayır", // tr
	"нет", "конец", "отказ", // ru
	"ні", "досить", // uk
	"لا", "كفى", "ابدا", // ar
	"रुको", "नहीं", "बस", // hi
	"না",        // bn
	"พอ", "ไม่", // th
	"မလို",               // my
	"不要", "キャンセル", "いいえ", // ja
	"不用", "退出", "停", "拒绝", // zh
	"거부", "아니요", // ko
	"không", "thôi", // vi
	"cukup", "tidak", // id
}

func TestEverydayAnswersAreOnNoList(t *testing.T) {
	l := lexicon(t, Locales()...)
	for _, answer := range everydayAnswers {
		if f, ok := l.Word(keywords.Fold(answer)); ok && f.Intent != Unclear {
			t.Errorf("%q is the listed word %+v", answer, f)
		}
	}
}

// People write the same word with and without its marks, in any case, and close it with a mark.
func TestSpellings(t *testing.T) {
	for _, test := range []struct {
		locale, text string
		want         Intent
	}{
		{"es", "dar de baja", OptOut},
		{"es", "Alto!", OptOut},
		{"es", "Auxilio", Help},
		{"es", "¡Suscribirme!", OptIn},
		{"fr", "me désabonner", OptOut},
		{"fr", "m’abonner", OptIn},
		{"fr", "Stop-pub", OptOut},
		{"de", "Stopp", OptOut},
		{"de", "keine SMS mehr.", OptOut},
		{"de", "Hilfe!", Help},
		{"pt", "Sair", OptOut},
		{"pt", "cancelar inscricao", OptOut},
		{"it", "no pubblicita", OptOut},
		{"nl", "meld mij af", OptOut},
		{"sv", "avanmal", OptOut},
		{"sv", "Hjälp", Help},
		{"pl", "rezygnuje", OptOut},
		{"pl", "usun mnie", OptOut},
		{"tr", "iptal", OptOut},
		{"tr", "İptal", OptOut},
		{"tr", "IPTAL", OptOut},
		{"tr", "ıptal", OptOut},
		{"tr", "yardim", Help},
		{"ru", "стоп", OptOut},
		{"ru", "Отписаться.", OptOut},
		{"ru", "помощь", Help},
		{"uk", "Відписатися", OptOut},
		{"ar", "إيقاف", OptOut},
		{"ar", "ايقاف", OptOut},
		{"ar", "أيقاف", OptOut},
		{"ar", "توقـــف", OptOut},
		{"ar", "مساعده", Help},
		{"ar", "الغاء الاشتراك", OptOut},
		{"ar", "مساعدة؟", Help},
		{"hi", "बंद करो", OptOut},
		{"hi", "band karo", OptOut},
		{"hi", "मदद", Help},
		{"bn", "বন্ধ করুন", OptOut},
		{"bn", "সাহায্য", Help},
		{"th", "ยกเลิก", OptOut},
		{"th", "หยุด", OptOut},
		{"th", "ช่วยด้วย", Help},
		{"my", "ရပ်ပါ", OptOut},
		{"my", "ရပ္ပါ", OptOut},
		{"ja", "配信停止", OptOut},
		{"ja", "ｽﾄｯﾌﾟ", OptOut},
		{"ja", "ヘルプ", Help},
		{"zh", "退订", OptOut},
		{"zh", "退訂。", OptOut},
		{"zh", "取消订阅", OptOut},
		{"zh", "TD", OptOut},
		{"zh", "幫助", Help},
		{"ko", "수신 거부", OptOut},
		{"ko", "수신거부", OptOut},
		{"ko", "도움말", Help},
		{"vi", "Từ chối", OptOut},
		{"vi", "tu choi", OptOut},
		{"vi", "TC", OptOut},
		{"vi", "huy", OptOut},
		{"vi", "Trợ giúp", Help},
		{"vi", "dang ky lai", OptIn},
		{"id", "unreg", OptOut},
		{"id", "Berhenti", OptOut},
		{"id", "bantuan", Help},
	} {
		f := lexicon(t, test.locale).Read(keywords.Clean(test.text))
		if f.Intent != test.want || f.Tier != 1 {
			t.Errorf("%s: Read(%q) = %+v, want %s", test.locale, test.text, f, test.want)
		}
	}
}
