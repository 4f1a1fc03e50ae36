package keywords

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for _, test := range []struct {
		why  string
		raw  string
		want Text // without Raw and Words
	}{
		{
			"a plain word",
			" STOP ",
			Text{Own: "STOP", Folded: "stop"},
		},
		{
			"nothing at all",
			"",
			Text{},
		},
		{
			"a signature below",
			"STOP\nSent from my iPhone",
			Text{Own: "STOP", Signature: "Sent from my iPhone", Folded: "stop"},
		},
		{
			"a French one, with blank lines",
			"ARRÊT\r\n\r\nEnvoyé de mon iPhone\r\n",
			Text{Own: "ARRÊT", Signature: "Envoyé de mon iPhone", Folded: "arret"},
		},
		{
			"a signature set off by its mark (RFC 3676)",
			"stop\n-- \nJo Doe\nAcme Ltd",
			Text{Own: "stop", Signature: "-- \nJo Doe\nAcme Ltd", Folded: "stop"},
		},
		{
			"nothing but a signature is the person's words: they must never end up empty",
			"Sent from my iPhone",
			Text{Own: "Sent from my iPhone", Folded: "sent from my iphone"},
		},
		{
			"a sentence that begins like a signature, in the middle",
			"Sent from my iPhone\nSTOP",
			Text{Own: "Sent from my iPhone\nSTOP", Folded: "sent from my iphone stop"},
		},
		{
			"a quoted original, marked",
			"No thanks\n> Reply STOP to end",
			Text{Own: "No thanks", Quoted: "> Reply STOP to end", Folded: "no thanks"},
		},
		{
			"own words below a quotation",
			"On Mon, 2 Mar 2026 at 10:00, Acme wrote:\n> Reply STOP to end\nSTOP",
			Text{Own: "STOP", Quoted: "On Mon, 2 Mar 2026 at 10:00, Acme wrote:\n> Reply STOP to end", Folded: "stop"},
		},
		{
			"a quotation without marks goes to the end",
			"yes\nLe lun. 2 mars 2026 à 10:00, Acme a écrit :\nRépondez STOP",
			Text{Own: "yes", Quoted: "Le lun. 2 mars 2026 à 10:00, Acme a écrit :\nRépondez STOP", Folded: "yes"},
		},
		{
			"nothing but a quotation",
			"> STOP",
			Text{Quoted: "> STOP"},
		},
		{
			"a colon alone quotes nothing",
			"On my way: stop",
			Text{Own: "On my way: stop", Folded: "on my way stop"},
		},
	} {
		t.Run(test.why, func(t *testing.T) {
			got := Clean(test.raw)
			test.want.Raw = test.raw
			if test.want.Folded != "" {
				test.want.Words = strings.Split(test.want.Folded, " ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Clean(%q) (-want +got):\n%s", test.raw, diff)
			}
		})
	}
}

func TestTapbacks(t *testing.T) {
	for _, text := range []string{
		// iOS, English, all six and their withdrawal.
		"Liked “Reply STOP to end”", "Loved “STOP”", "Disliked \"x\"", "Laughed at “a “b” c”", "Emphasized “x”", "Questioned “x”",
		"Removed a like from “Reply STOP to end”", "Removed a question mark from “x”", "Reacted 😂 to “x”", "Reacted 👨‍👩‍👧 to “x”",
		// The quotation may go over lines, and may be cut short.
		"Loved “first line\nSTOP”", "Liked “Msg & data rates may apply. Reply STOP…",
		// A picture has no quotation.
		"Liked an image", "LOVED AN IMAGE", "Le encantó una imagen",
		// Google Messages, with the zero-width and hair spaces it puts in.
		"\u200a\u200b👍\u200b to “\u200aReply STOP to end\u200a”\u200a", "👍🏽 to \"x\"",
		// Spanish.
		"Le gustó “x”", "Le encantó “x”", "Le dio risa “x”", "Exclamó por “x”", "Dudó sobre “x”", "Reaccionó con 😂 a “x”",
		// French.
		"A aimé « Répondez STOP »", "A adoré « x »", "N’a pas aimé « x »", "A réagi 😂 à « x »", "A retiré la réaction 😂 à « x »",
		"a attribué la mention « J’aime » à « ok »", "👍 à \"x\"",
		// Reactions to what has no words.
		"Reacted 😂 to an image", "👍 to a photo", "Removed a like from an attachment",
		// Two in one text, and one with a message in it that quotes unevenly.
		"Liked “a”\nLoved “b”", "Liked “The 6” pipe is here. Reply STOP to end”", "Liked \"Reply \"STOP\" to end\"",
		// Google Messages in a language nobody listed, and where one is taken back.
		"\u200aXyz \u200b👍\u200b qwe „\u200aReply STOP\u200a“ asd\u200a", "\u200c👍\u200c from “\u200aSTOP all\u200a”",
		// Names of reactions in quotes of their own.
		"a ajouté un «\u00a0J’adore\u00a0» à «\u00a0Répondez STOP\u00a0»", "a retiré son « J’aime » de « STOP »",
		"Ha aggiunto “Mi piace” a “Rispondi STOP”", "„Gefällt mir“ von „STOP“ entfernt",
		// Dutch and the North.
		"Vond “Antwoord STOP” leuk", "Gillade ”Svara STOPP”", "Satte et hjerte ved «STOP»",
		// Japanese and Chinese, with both pairs of quotation marks.
		"「配信停止はSTOP」を“いいね”しました", "\"STOPと返信\"に「いいね」しました", "“配信停止はSTOP”を強調しました", "「STOP」に👍",
		"喜欢了“回复STOP退订”", "对“回复STOP退订”表示喜欢", "赞了“退订”", "用👍回应了“退订”", "對「回覆STOP」按讚", "已用👍回應「退訂」",
		// Russian, Vietnamese, Arabic, Turkish.
		"Понравилось «СТОП»", "Отреагировал(а) 👍 на сообщение «СТОП»", "Đã thích “STOP”", "أحب(ت) “STOP”", "Beğenildi: “STOP”",
		// German, Portuguese, Italian.
		"Gefällt: „STOP“", "Gefällt nicht: „STOP“", "„Antworten Sie STOP“ ein Herz hinzugefügt", "👍 auf „STOP“ reagiert",
		"👍 aus „STOP“ entfernt", "Reagiu com 😂 a “x”",
		"Gefällt „STOP“", "Hat mit 😂 auf „x“ reagiert", "Gostou de “x”", "Adorou “x”", "Ha messo mi piace a “x”", "Ha adorato «x»",
	} {
		got := Clean(text)
		if !got.Reaction || got.Quoted == "" || got.Own != "" || got.Folded != "" || got.Words != nil {
			t.Errorf("Clean(%q) = %+v, want a reaction", text, got)
		}
	}
}

// What goes on behind a reaction is the person's.
func TestWordsBehindATapback(t *testing.T) {
	for _, test := range []struct {
		why, text, own, quoted string
	}{
		{"in the same line", "Liked “Reply STOP to end” but stop texting me", "but stop texting me", "Liked “Reply STOP to end”"},
		{"with a quotation of their own", "Liked “Reply STOP to end” but “stop” it", "but “stop” it", "Liked “Reply STOP to end”"},
		{"behind straight quotes", `Liked "Reply STOP to end" but "stop"`, `but "stop"`, `Liked "Reply STOP to end"`},
		{"in the next line", "👍 to “Reply STOP to end”\nthanks", "thanks", "👍 to “Reply STOP to end”"},
		{"behind a verb", "„Antworten Sie mit STOP“ ein Herz hinzugefügt. Danke", ". Danke", "„Antworten Sie mit STOP“ ein Herz hinzugefügt"},
		{"in Japanese", "「配信停止はSTOP」を強調しました。もう送らないで", "。もう送らないで", "「配信停止はSTOP」を強調しました"},
		{"a short quotation is a title", "Loved “the show” stop", "Loved “the show” stop", ""},
	} {
		got := Clean(test.text)
		if got.Own != test.own || got.Quoted != test.quoted || got.Reaction {
			t.Errorf("%s: Clean(%q) = %+v", test.why, test.text, got)
		}
	}
	if got := Clean("Liked “x”\nSent from my iPhone"); !got.Reaction || got.Signature == "" || got.Own != "" {
		t.Errorf("a signature below a reaction: %+v", got)
	}
}

func TestQuotedOriginals(t *testing.T) {
	for _, header := range []string{
		"On Mon, 2 Mar 2026 at 10:00, Acme <a@acme.example> wrote:", "El lun, 2 mar 2026, Acme escribió:",
		"Le lun. 2 mars 2026 à 10:00, Acme a écrit :", "Am 2. März 2026 schrieb Acme:", "Am 02.03.2026 um 10:00 schrieb Acme:",
		"Em seg., 2 de mar. de 2026, Acme escreveu:", "Il giorno lun 2 mar 2026 Acme ha scritto:", "Op ma 2 mrt 2026 schreef Acme:",
		"2026/03/02 10:00、Acmeのメール:", "2026年3月2日(月) 10:00 Acme のメッセージ:", "Acme <a@acme.example> 于2026年3月2日周一 10:00写道：",
		"在 2026年3月2日，10:00，Acme 写道：", "Acme 於 2026年3月2日 週一 上午10:00寫道：", "2026년 3월 2일 (월) 10:00, Acme님이 작성:",
		"2 мар. 2026 г., в 10:00, Acme написал(а):", "Den mån 2 mars 2026 kl 10:00 skrev Acme:",
		"-----Original Message-----", "-------- Mensaje original --------", "-----Ursprüngliche Nachricht-----",
		"From: Acme\nSent: Monday, 2 March 2026 10:00", "Von: Acme\nGesendet: Montag, 2. März 2026", "发件人: Acme\n发送时间: 2026年3月2日",
		"On Mon, 2 Mar 2026 at 10:00, Acme Texting Service\n<a@acme.example> wrote:",
	} {
		quoted := header + "\nReply STOP to end"
		if got := Clean("thanks\n\n" + quoted); got.Own != "thanks" || got.Quoted != quoted {
			t.Errorf("%q: own %q, quoted %q", header, got.Own, got.Quoted)
		}
	}
	for _, own := range []string{
		"From: Boston\nTo: New York", "On Monday she wrote:\nSTOP", "Note: stop\nplease", "--- stop ---",
	} {
		if got := Clean(own); got.Own != own || got.Quoted != "" {
			t.Errorf("%q: own %q, quoted %q", own, got.Own, got.Quoted)
		}
	}
}

func TestSignatures(t *testing.T) {
	for _, line := range []string{
		"Sent from my iPhone", "Enviado desde mi iPhone", "Envoyé de mon iPhone", "Von meinem iPhone gesendet", "Enviado do meu iPhone",
		"Inviato da iPhone", "Verzonden vanaf mijn iPhone", "Skickat från min iPhone", "Sendt fra min iPhone", "Wysłane z iPhone'a",
		"iPhone'umdan gönderildi", "Отправлено с iPhone", "iPhoneから送信", "发自我的 iPhone", "從我的 iPhone 傳送", "나의 iPhone에서 보냄",
		"Get Outlook for Android", "ส่งจาก iPhone ของฉัน", "Đã gửi từ iPhone của tôi", "أُرسلت من الـ iPhone",
	} {
		for _, between := range []string{"\n", "\r\n\r\n"} {
			if got := Clean("STOP" + between + line); got.Own != "STOP" || got.Signature != line {
				t.Errorf("%q: own %q, signature %q", line, got.Own, got.Signature)
			}
		}
	}
	for _, own := range []string{"stop\nPaket gönderildi", "ok\nsent", "Sent from my iPhone\nSent from my iPad"} {
		if got := Clean(own); got.Own == "" || own[0] != 'S' && got.Own != own {
			t.Errorf("%q: own %q", own, got.Own)
		}
	}
}

func TestTextsThatOnlyResembleTapbacks(t *testing.T) {
	for _, text := range []string{
		"Liked it", "Loved it, STOP", "STOP", "\"STOP\"", "👍", "👍 to you", "Loved “the show” last night", "I liked “the show”",
		"Liked “don’t stop", "Reply “STOP”", "stop \"all\"", "Loved the image",
	} {
		if got := Clean(text); got.Reaction || got.Own != text {
			t.Errorf("Clean(%q) = %+v, want the person's words", text, got)
		}
	}
}

func TestCleanMakesTextsStorable(t *testing.T) {
	for _, test := range []struct{ why, raw, want string }{
		{"NUL cannot be stored in Postgres", "STOP\x00", "STOP\uFFFD"},
		{"a lone surrogate that came as its own bytes", "STOP\xed\xa0\xbd", "STOP\uFFFD"},
		{"half an emoji of a cut message", "STOP\xf0\x9f", "STOP\uFFFD"},
	} {
		got := Clean(test.raw)
		if got.Raw != test.want || got.Folded != "stop" {
			t.Errorf("%s: Clean(%q) = %q, folded %q", test.why, test.raw, got.Raw, got.Folded)
		}
	}
}

func TestLongTextsAreKeptWhole(t *testing.T) {
	raw := "stop " + strings.Repeat("é", 20_000)
	got := Clean(raw)
	if got.Raw != raw {
		t.Error("Raw was cut")
	}
	if len(got.Own) > MaxMatched || !utf8.ValidString(got.Own) || got.Words[0] != "stop" {
		t.Errorf("%d bytes of own words", len(got.Own))
	}
}

func TestTablesAreInMatchingForm(t *testing.T) {
	check := func(s string) {
		bare := strings.TrimSpace(strings.NewReplacer("*", " ", "%", " ").Replace(s))
		if folded := Fold(bare); folded != strings.Join(strings.Fields(bare), " ") {
			t.Errorf("%q can never match: it folds to %q", s, folded)
		}
	}
	for _, forms := range tapbacks {
		for _, form := range forms {
			check(form)
			if !strings.Contains(form, "%") {
				t.Errorf("%q quotes nothing", form)
			}
			if n := len(strings.Fields(form)); n > maxTapbackWords {
				t.Errorf("%q has %d words, more than are read", form, n)
			}
		}
	}
	for _, thing := range tapbackThings {
		check(thing)
	}
	for _, language := range signatures {
		for _, s := range language {
			check(s.begins)
			check(s.ends)
		}
	}
	for _, h := range quoteHeaders {
		check(h.begins)
		check(h.within)
		check(h.ends)
	}
	for _, list := range [][]string{originals, fromLabels, sentLabels, devices} {
		for _, s := range list {
			check(s)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"STOP", "Liked “Reply STOP to end”", "STOP\nSent from my iPhone", "> STOP\nno", "ARRÊT!", "ѕtор", "👍🏾 ok", "หยุด",
		"\xed\xa0\xbd", "a\x00b", "ﷺ", "On x wrote:\nSTOP", "a\u034f\u0301\u0323", "ǆŉﬁ½", "가\u1160\u11a8",
		"Liked “Reply STOP to end” but “stop” it", "「STOP」を“いいね”しました。no", "\u200a\u200b👍\u200b to “\u200aSTOP\u200a”\u200a",
		"From: a\nSent: b\nSTOP", "stop\niPhoneから送信", "3 p.m. jo@acme.example", "ا\u0654\u064eہ CTOП ⒮",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := Clean(raw)
		for _, s := range append([]string{got.Raw, got.Own, got.Quoted, got.Signature, got.Folded}, got.Words...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("Clean(%q) holds %q", raw, s)
			}
		}
		if strings.Join(got.Words, " ") != got.Folded {
			t.Fatalf("Clean(%q): words %q, folded %q", raw, got.Words, got.Folded)
		}
		if again := Clean(got.Folded).Folded; again != got.Folded {
			t.Fatalf("Clean(%q).Folded = %q, again %q", raw, got.Folded, again)
		}
		if !norm.NFC.IsNormalString(got.Folded) {
			t.Fatalf("Clean(%q).Folded = %q, not NFC", raw, got.Folded)
		}
		if !slices.Equal(slices.Concat(got.Clauses()...), got.Words) {
			t.Fatalf("Clean(%q): words %q, clauses %q", raw, got.Words, got.Clauses())
		}
		for i := range min(len(got.Words), 8) {
			got.Written(i, len(got.Words)-i)
			got.Without(i, i+1)
		}
	})
}
