package keywords

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Written gives words from up to, not including, to of [Text.Words] as the person wrote them, marks between them
// included. Where a piece of the text without a blank or mark holds several words (an emoji stuck to a word), the
// whole piece is given.
func (t Text) Written(from, to int) string {
	start, end := t.span(from, to)
	return t.Own[start:end]
}

// Without gives the rest of what the person wrote when words from up to, not including, to of [Text.Words] are
// taken out: each run of non-blank characters verbatim, without the sentence marks around it. "JOIN: Spring Sale!"
// without its first word is "Spring" and "Sale".
func (t Text) Without(from, to int) []string {
	start, end := t.span(from, to)
	var rest []string
	for _, part := range [2]string{t.Own[:start], t.Own[end:]} {
		for field := range strings.FieldsSeq(part) {
			if field = strings.Trim(field, ".,;:!?…-–—\"“”«»()[]*_"); field != "" {
				rest = append(rest, field)
			}
		}
	}
	return rest
}

// span finds the bytes of Own that hold the words from..to. It walks the pieces of the text between separators:
// folding a piece gives the same words as folding the whole, so counting them finds the place without the folding
// having to carry positions along.
func (t Text) span(from, to int) (start, end int) {
	if from >= to {
		return 0, 0
	}
	_, outer := trimEmoji(tokens(t.Own))
	from, to = from+outer, to+outer
	start, end = -1, len(t.Own)
	seen := 0
	for at := 0; at < len(t.Own); {
		piece := pieceAt(t.Own, at)
		if piece == at {
			_, size := utf8.DecodeRuneInString(t.Own[at:])
			at += size
			continue
		}
		seen += len(tokens(t.Own[at:piece]))
		if start < 0 && seen > from {
			start = at
		}
		if seen >= to {
			end = piece
			break
		}
		at = piece
	}
	return max(start, 0), end
}

// pieceAt gives the end of the piece that begins at a place: the next character that parts words whatever is
// around it.
func pieceAt(s string, at int) int {
	for i, r := range s[at:] {
		if parts(r) {
			return at + i
		}
	}
	return len(s)
}

func parts(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) && !isApostrophe(r)
}
