package keywords

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitTapback parts the person's words from a phone's rendering of a reaction: Liked “Reply STOP to end”. The
// words in it are ours, not the person's. A reaction opens with known words or the quotation, and holds nothing
// but those. What goes on behind it is the person's own: Liked “Reply STOP to end” but stop texting me.
//
// Without a reaction, quoted is empty.
func splitTapback(s string) (own, quoted string) {
	rest := s
	for range maxTapbacks {
		end := wrappedTapback(rest)
		if end == 0 {
			end = tapbackEnd(rest)
		}
		if end == 0 {
			break
		}
		rest = rest[end:]
	}
	if len(rest) == len(s) {
		return s, ""
	}
	if tapbackWords(beginning(rest, maxTapbackLead)) == "" && len(rest) <= maxTapbackLead {
		return "", s
	}
	return rest, s[:len(s)-len(rest)]
}

const (
	maxTapbacks     = 4   // reactions in one text; a gateway may join two
	maxTapbackLead  = 120 // bytes before the quotation and behind it; the longest known are about 60
	maxTapbackWords = 12  // of the longest form, and some
)

// wrappedTapback gives the end of a reaction of Google Messages, or 0. It marks its parts with invisible characters
// whatever the language: hair spaces (U+200A) around all and around the quotation, and zero-width spaces (U+200B)
// around the emoji, or zero-width non-joiners (U+200C) where one is taken back. That is how QUIK and Textra know
// them. The outer hair spaces are white space, which a carrier may trim.
func wrappedTapback(s string) int {
	const hair = "\u200a"
	lead := beginning(s, maxTapbackLead)
	for _, around := range [...]string{"\u200b", "\u200c"} {
		from := strings.Index(lead, around)
		if from < 0 {
			continue
		}
		size := strings.Index(lead[from+len(around):], around)
		if size < 0 || tapbackWords(lead[from:from+len(around)+size]) != "*" {
			continue
		}
		at := from + 2*len(around) + size
		open := strings.Index(s[at:], hair)
		if open < 0 || open > maxTapbackLead {
			continue
		}
		at += open + len(hair)
		// The quotation ends with the last hair space but the outer one.
		body := strings.TrimRightFunc(s, unicode.IsSpace)
		shut := strings.LastIndex(body[min(at, len(body)):], hair)
		if shut < 0 || len(body)-at-shut > maxTapbackLead {
			continue
		}
		return len(s)
	}
	return 0
}

// tapbackEnd gives the end of the reaction that a text begins with, or 0.
func tapbackEnd(s string) int {
	if !quotesEarly(s) {
		return 0
	}
	parts := tapbackParts(s)
	form := make([]byte, 0, maxTapbackLead)
	end, quoted := 0, 0
	whole := strings.TrimRightFunc(s, notInWord)
	for _, p := range parts {
		if len(form) > 0 {
			form = append(form, ' ')
		}
		form = append(form, p.word...)
		if p.word == "%" {
			quoted = max(quoted, p.words)
		}
		if !tapbackForms[string(form)] {
			continue
		}
		// Of a line that goes on, a short quotation is as often a title: Loved “the show” last night.
		if p.end >= len(whole) || quoted >= minQuotedMessage || endsLine(s[p.end:]) {
			end = p.end
		}
	}
	return end
}

// minQuotedMessage is how many words a quotation has at least that is taken for a message. Scripts without blanks
// count a word for two characters.
const minQuotedMessage = 3

// endsLine says whether nothing more stands in the line that is read.
func endsLine(rest string) bool {
	line, _, broken := strings.Cut(rest, "\n")
	return broken && strings.TrimSpace(line) == ""
}

func notInWord(r rune) bool {
	c := classOf(r)
	return c == separator || c == invisible || c == apostrophe
}

// quotesEarly says whether a quotation opens where one of a reaction would.
func quotesEarly(s string) bool {
	for i := 0; i < len(s) && i < maxTapbackLead; i++ {
		switch s[i] {
		case '"', 0xC2, 0xE2, 0xE3: // the first bytes of « and of the others
			r, size := utf8.DecodeRuneInString(s[i:])
			if closing, symmetric := closingQuotes(r); closing != "" && (!symmetric || opensAt(s, i, size)) {
				return true
			}
		}
	}
	return false
}

// tapbackPart is a word of a reaction, * for an emoji, % for a quotation.
type tapbackPart struct {
	word  string
	end   int // of the piece that holds it
	words int // in a quotation
}

// tapbackParts reads the beginning of a text as a reaction: the words outside of its quotations, as many as the
// longest form has.
func tapbackParts(s string) []tapbackPart {
	parts := make([]tapbackPart, 0, maxTapbackWords)
	lead := 0
	for at := 0; at < len(s) && len(parts) < maxTapbackWords && lead < maxTapbackLead; {
		r, size := utf8.DecodeRuneInString(s[at:])
		if closing, symmetric := closingQuotes(r); closing != "" && (!symmetric || opensAt(s, at, size)) {
			if end := quotationEnd(s, at, size, r, closing, symmetric); end > 0 {
				parts = append(parts, tapbackPart{"%", end, quotedWords(s[at:end])})
				at = end
				continue
			}
		}
		piece := max(pieceAt(s, at), at+size)
		// A piece that holds what may be a quotation's opening ends before it: pieceAt stops at punctuation.
		for _, w := range tokens(beginning(s[at:piece], maxTapbackLead)) {
			if isEmojiWord(w) {
				w = "*"
				if len(parts) > 0 && parts[len(parts)-1].word == "*" {
					parts[len(parts)-1].end = piece
					continue // an emoji joined of several is one
				}
			}
			if len(parts) < maxTapbackWords {
				parts = append(parts, tapbackPart{word: w, end: piece})
			}
		}
		lead += piece - at
		at = piece
	}
	return parts
}

// quotedWords counts the words of a quotation, as far as it matters.
func quotedWords(quotation string) int {
	quotation = beginning(quotation, 200)
	words := tokens(quotation)
	count := len(words)
	for _, w := range words {
		if r, size := utf8.DecodeRuneInString(w); hasNoCase(r) && r >= 0x0E00 {
			count += len(w) / size / 2
		}
	}
	return count
}

// closingQuotes are what may end a quotation, by what opened it. Where both are one sign, symmetric, only its
// neighbours tell which it is.
func closingQuotes(opening rune) (closing string, symmetric bool) {
	switch opening {
	case '“':
		return "”\"", false
	case '"':
		return "\"”", true
	case '”': // Swedish, Danish, Finnish
		return "”", true
	case '«':
		return "»", false
	case '»': // Danish, and German books
		return "«", true
	case '„':
		return "“”\"", false
	case '「':
		return "」", false
	case '『':
		return "』", false
	}
	return "", false
}

// opensAt says whether a symmetric quotation mark opens: nothing or a blank before it, something behind it.
func opensAt(s string, at, size int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at+size:])
	return (at == 0 || unicode.IsSpace(before) || before == '(' || before == ':') && at+size < len(s) && !unicode.IsSpace(after)
}

// quotationEnd gives the end of the quotation that opens at a place, or 0 if it never closes. Quotations may hold
// quotations. A message that quotes unevenly (a 6” pipe) would end too early: where the text ends with a closing
// mark that nothing else opened, that is the end. A phone may also have cut it short, which it shows by an ellipsis.
func quotationEnd(s string, at, size int, opening rune, closing string, symmetric bool) int {
	depth, end := 1, 0
	last := 0 // the end of the last closing mark
	for i := at + size; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == opening && (!symmetric || opensAt(s, i, n)) && i+n < len(s):
			depth++
		case strings.ContainsRune(closing, r):
			depth--
			last = i + n
			if depth == 0 && end == 0 {
				end = last
			}
		}
		i += n
	}
	body := strings.TrimRightFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) })
	switch {
	case depth < 0 && last >= len(body):
		return last
	case end > 0:
		return end
	case last > 0 && last >= len(body): // more were opened than closed, and the text ends
		return last
	case strings.HasSuffix(body, "…") || strings.HasSuffix(body, "..."):
		return len(s)
	}
	return 0
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

// isWordlessTapback knows reactions to a picture, which quote nothing: a known form with a thing in place of its
// quotation. Both what the person wrote and its matching form are looked at: the latter lacks a first emoji, and
// what is cleaned twice must read the same.
func isWordlessTapback(own, folded string, words []string) bool {
	if len(words) < 2 || len(words) > maxTapbackWords || !lastWordIsThing(words[len(words)-1]) {
		return false
	}
	return reactsToThing(folded) || reactsToThing(tapbackWords(own))
}

func reactsToThing(folded string) bool {
	for _, thing := range tapbackThings {
		if verb, found := strings.CutSuffix(folded, " "+thing); found && tapbackForms[verb+" %"] {
			return true
		}
	}
	return false
}

// lastWordIsThing spares nearly all texts the search.
func lastWordIsThing(word string) bool {
	for _, thing := range tapbackThings {
		if strings.HasSuffix(thing, word) {
			return true
		}
	}
	return false
}
