package keywords

import (
	"strings"
	"unicode/utf8"
)

// isTapback says whether the whole text is a phone's rendering of a reaction: Liked “Reply STOP to end”. The words
// in it are ours, not the person's.
//
// A reaction opens with known words, then quotes, and ends with the quotation or with known words. A text that
// goes on after the quotation is a person's.
func isTapback(s string) bool {
	open := strings.IndexAny(s, openingQuotes)
	if open < 0 || open > maxTapbackLead {
		return false
	}
	before := tapbackWords(s[:open])
	if before == "" {
		return false
	}
	quotation := strings.TrimSpace(strings.Map(dropInvisible, s[open:]))
	opening, _ := utf8.DecodeRuneInString(quotation)
	after := ""
	if end := strings.LastIndexAny(quotation, closingQuotes[opening]); end > 0 {
		_, size := utf8.DecodeRuneInString(quotation[end:])
		after = quotation[end+size:]
	} else if !strings.HasSuffix(quotation, "…") && !strings.HasSuffix(quotation, "...") {
		// No closing quote and no sign that the phone cut the quotation short.
		return false
	}
	after = tapbackWords(after)
	for _, language := range tapbacks {
		for _, p := range language {
			if p.before == before && p.after == after {
				return true
			}
		}
	}
	return false
}

const (
	openingQuotes  = "“\"«„「『"
	maxTapbackLead = 120 // bytes before the quotation; the longest known are about 40
)

// closingQuotes are what may end a quotation, by what opened it.
var closingQuotes = map[rune]string{'“': "”\"", '"': "\"”", '«': "»", '„': "“”\"", '「': "」", '『': "』"}

func dropInvisible(r rune) rune {
	if isInvisible(r) {
		return -1
	}
	return r
}

// tapbackWords folds what stands around the quotation and puts * for its emoji.
func tapbackWords(s string) string {
	words := tokens(s)
	kept := words[:0]
	for _, w := range words {
		if isEmojiWord(w) {
			w = "*"
			if len(kept) > 0 && kept[len(kept)-1] == "*" {
				continue // an emoji joined of several is one
			}
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, " ")
}

// tapback is what stands before and after the quotation, folded, with * for an emoji.
type tapback struct{ before, after string }

// tapbacks are the forms that iOS and Google Messages write, one row a language. English, Spanish and French are
// as seen in texts of the field; German, Portuguese and Italian follow the wording of iOS and are less certain.
// Words that are listed in vain do no harm: they count only in front of a quotation that ends the text.
var tapbacks = [][]tapback{
	// en
	{
		{"liked", ""},
		{"loved", ""},
		{"disliked", ""},
		{"laughed at", ""},
		{"emphasized", ""},
		{"emphasised", ""},
		{"questioned", ""},
		{"reacted * to", ""},
		{"reacted with * to", ""},
		{"* to", ""},
		{"removed * from", ""},
		{"removed a like from", ""},
		{"removed a heart from", ""},
		{"removed a dislike from", ""},
		{"removed a laugh from", ""},
		{"removed an exclamation from", ""},
		{"removed an emphasis from", ""},
		{"removed a question mark from", ""},
		{"removed a reaction from", ""},
		{"removed * reaction from", ""},
		{"reacted with a sticker to", ""},
	},
	// es
	{
		{"le gusto", ""},
		{"le gusta", ""},
		{"le encanto", ""},
		{"le encanta", ""},
		{"no le gusto", ""},
		{"le dio risa", ""},
		{"se rio de", ""},
		{"exclamo por", ""},
		{"enfatizo", ""},
		{"destaco", ""},
		{"dudo sobre", ""},
		{"cuestiono", ""},
		{"reacciono con * a", ""},
		{"reacciono * a", ""},
		{"* a", ""},
		{"elimino un me gusta de", ""},
		{"quito un me gusta de", ""},
		{"quito * de", ""},
		{"elimino * de", ""},
	},
	// fr
	{
		{"a aime", ""},
		{"a adore", ""},
		{"na pas aime", ""},
		{"n a pas aime", ""},
		{"a ri de", ""},
		{"a mis en evidence", ""},
		{"a souligne", ""},
		{"a pose une question sur", ""},
		{"sest interroge sur", ""},
		{"sest interroge e sur", ""},
		{"a reagi * a", ""},
		{"a reagi avec * a", ""},
		{"* a", ""},
		{"a attribue la mention", ""},
		{"a retire la mention", ""},
		{"a ajoute un", ""},
		{"a retire un", ""},
		{"a retire la reaction * a", ""},
		{"a retire la reaction * de", ""},
		{"a supprime * de", ""},
		{"a retire un jaime de", ""},
		{"a retire un coeur de", ""},
	},
	// de
	{
		{"gefallt", ""},
		{"gefiel", ""},
		{"liebt", ""},
		{"gefallt nicht", ""},
		{"lacht uber", ""},
		{"lachte uber", ""},
		{"betont", ""},
		{"betonte", ""},
		{"stellt infrage", ""},
		{"hinterfragte", ""},
		{"reagierte mit * auf", ""},
		{"hat mit * auf", "reagiert"},
		{"hat", "mit gefallt mir markiert"},
		{"hat", "mit einem herz markiert"},
		{"hat", "geliked"},
		{"* auf", ""},
		{"* zu", ""},
		{"hat * von", "entfernt"},
	},
	// pt
	{
		{"gostou de", ""},
		{"curtiu", ""},
		{"adorou", ""},
		{"amou", ""},
		{"nao gostou de", ""},
		{"riu de", ""},
		{"riu-se de", ""},
		{"enfatizou", ""},
		{"destacou", ""},
		{"questionou", ""},
		{"reagiu com * a", ""},
		{"reagiu * a", ""},
		{"* para", ""},
		{"removeu * de", ""},
		{"removeu um gostei de", ""},
		{"removeu um coracao de", ""},
	},
	// it
	{
		{"ha messo mi piace a", ""},
		{"piace", ""},
		{"ha adorato", ""},
		{"adora", ""},
		{"non piace", ""},
		{"ha riso a", ""},
		{"ha riso per", ""},
		{"ha enfatizzato", ""},
		{"ha messo in evidenza", ""},
		{"ha messo in dubbio", ""},
		{"ha reagito con * a", ""},
		{"ha reagito * a", ""},
		{"ha rimosso * da", ""},
		{"ha rimosso un mi piace da", ""},
		{"ha rimosso un cuore da", ""},
	},
}

// isWordlessTapback knows reactions to a picture, which quote nothing. They are compared in their matching form.
func isWordlessTapback(folded string) bool { return wordlessTapbacks[folded] }

// wordlessTapbacks are whole texts, folded.
var wordlessTapbacks = map[string]bool{
	"liked an image": true, "loved an image": true, "disliked an image": true, "laughed at an image": true,
	"emphasized an image": true, "questioned an image": true, "liked a photo": true, "loved a photo": true,
	"laughed at a photo": true, "liked a movie": true, "loved a movie": true, "laughed at a movie": true,
	"liked an attachment": true, "loved an attachment": true, "laughed at an attachment": true,
	"removed a like from an image": true, "removed a heart from an image": true,
	"le gusto una imagen": true, "le encanto una imagen": true, "le dio risa una imagen": true,
	"a aime une image": true, "a adore une image": true, "a ri dune image": true,
	"gefallt ein bild": true, "liebt ein bild": true, "adorou uma imagem": true, "gostou de uma imagem": true,
	"ha adorato unimmagine": true,
}
