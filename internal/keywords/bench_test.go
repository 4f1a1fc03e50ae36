package keywords

import "testing"

// benchTexts are what phones send: a keyword, and what fills one message.
var benchTexts = []struct{ name, text string }{
	{"keyword", "STOP"},
	{"sentence", "Hi there, could you please tell me when the shop opens on Saturday, and whether I can bring my dog along? " +
		"I would like to come by at 3.30, if that is fine. Tks"},
	{"typographic", "Hi there 👋🏽, “could you” please tell me when the shop opens on Saturday — and whether I’m allowed to " +
		"bring my dog… I’d like to come by at 3.30, if that’s fine 🙏"},
	{"two lines", "STOP\nSent from my iPhone"},
	{"Cyrillic", "Здравствуйте, скажите пожалуйста, когда вы открываетесь в субботу и можно ли прийти с собакой? " +
		"Я хотел бы зайти в половине четвёртого, если это удобно. Спасибо!"},
	{"tapback", "Liked “Msg & data rates may apply. Reply STOP to end”"},
}

func BenchmarkClean(b *testing.B) {
	for _, test := range benchTexts {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(test.text)
			}
		})
	}
}

func BenchmarkClauses(b *testing.B) {
	for _, test := range benchTexts {
		b.Run(test.name, func(b *testing.B) {
			text := Clean(test.text)
			b.ReportAllocs()
			for b.Loop() {
				text.Clauses()
			}
		})
	}
}
