package optout

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
)

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", " ", "STOP", "stop please", "S T O P", "s.t.o.p", "STOPPPP", "stop2quit", "СТОР", "stpo", "unsubscirbe", "🛑", "🛑 now", "STOP\nBob", "end\nBob",
		"help stop", "stop to end", "cancel my 3pm", "please stop texting me", "don't stop texting me", "you won't stop texting me", "my ex won't stop texting me",
		"stop texting me so early", "stop calling, text me", "keep the texts", "wrong #", "wrong # and #", "no, thanks", "please... stop... texting... me",
		"who is this", "sign me up again", "help", "12345", "Liked “STOP”", "> STOP", "\n> stop\n", "stop\n\nSent from my iPhone", "dejen de mandarme mensajes",
		"n'envoyez plus de messages", "Hören Sie auf, mir zu schreiben", "pare de me enviar mensagens", "dừng", "đúng rồi. stop", "Dùng stop", "退订", "停止して", "전화하지마세요",
		"หยุด", "बंद करो", "توقف", "ＳＴＯＰ", "\xff\xfeSTOP", "\x00stop\x00", "a\u0301\u0301\u200d", "ﷺ ﷺ", "#", "stop #\n", "é\xed\xa0\xbd", "stop" + strings.Repeat(" word", 160),
	} {
		f.Add(text)
	}
	l := lexicon(f, Locales()...)
	f.Fuzz(func(t *testing.T, raw string) {
		text := keywords.Clean(raw)
		found := l.Read(text)
		if again := l.Read(keywords.Clean(raw)); !reflect.DeepEqual(found, again) {
			t.Errorf("Read(%q) = %+v, and then %+v", raw, found, again)
		}
		if (found.Intent == None) != (found.Reason == "") {
			t.Errorf("Read(%q): intent %q by %q", raw, found.Intent, found.Reason)
		}
		switch found.Intent {
		case None:
			if !reflect.DeepEqual(found, Finding{}) {
				t.Errorf("Read(%q) is nothing, and yet %+v", raw, found)
			}
		case Unclear:
			if found.Tier != 3 {
				t.Errorf("Read(%q): unclear in tier %d", raw, found.Tier)
			}
		case OptOut, OptIn, Help:
			if found.Tier != 1 && found.Tier != 2 {
				t.Errorf("Read(%q): %q in tier %d", raw, found.Intent, found.Tier)
			}
		default:
			t.Errorf("Read(%q): intent %q", raw, found.Intent)
		}
		if found.Intent != None && (found.Matched == "" || found.Keyword == "" || len(found.Sources) == 0) {
			t.Errorf("Read(%q) does not say by what: %+v", raw, found)
		}
		if !utf8.ValidString(found.Matched) {
			t.Errorf("Read(%q): matched %q", raw, found.Matched)
		}
		if text.Reaction && found.Intent != None {
			t.Errorf("Read(%q): a tapback is %+v", raw, found)
		}
		steps := l.Explain(text)
		if len(steps) == 0 {
			t.Errorf("Explain(%q) is empty", raw)
		}
		for _, s := range steps {
			if s.Step == "" || s.Detail == "" || s.Tier < 0 || s.Tier > 3 {
				t.Errorf("Explain(%q) has %+v", raw, s)
			}
		}
		l.Affirms(text)
	})
}
