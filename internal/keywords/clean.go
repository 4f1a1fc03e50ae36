package keywords

import (
	"strings"
	"unicode/utf8"
)

// MaxMatched is how many bytes of a text are read for matching. AWS hands over at most 1,600 characters; what is
// longer is hostile or broken. It is kept whole in [Text.Raw], and matched by its beginning.
const MaxMatched = 10_000

// Text is one message, cleaned up.
type Text struct {
	// Raw is the text as received, made storable: NUL, lone surrogates and invalid UTF-8 are replaced by U+FFFD,
	// because Postgres accepts none of them and a text that cannot be stored would lose a STOP.
	Raw string
	// Own is what the person wrote, verbatim, without the parts below and without outer white space.
	Own string
	// Quoted is what was split off as a quoted reply, or the whole text where it is a tapback. Empty if none.
	Quoted string
	// Signature is what a phone or mail program added below ("Sent from my iPhone"). Empty if none.
	Signature string
	// Reaction says that the text is a tapback: a phone's rendering of a like, not words of a person.
	Reaction bool
	// Folded is the matching form of Own: words joined by single spaces. See [Fold].
	Folded string
	// Words is Folded, split. Letters, marks and digits make a word, so keywords in Thai, Bengali, Burmese and
	// Arabic work; each emoji is a word of its own, whatever its skin tone.
	Words []string
}

// Clean reads a text once: it makes it storable, parts the person's own words from what a phone added, and folds
// them. It never fails: any bytes give a Text. Cleaning what is already folded changes nothing:
// Clean(Clean(x).Folded).Folded is Clean(x).Folded.
func Clean(raw string) Text {
	t := Text{Raw: storable(raw)}
	read := beginning(t.Raw, MaxMatched)
	if plain(read) {
		t.Own = strings.Trim(read, " ")
	} else {
		t.part(read)
	}
	t.Folded, t.Words = fold(t.Own)
	if isWordlessTapback(t.Own, t.Folded, t.Words) {
		return Text{Raw: t.Raw, Quoted: strings.TrimSpace(read), Signature: t.Signature, Reaction: true}
	}
	return t
}

// part parts a text into what the person wrote and what a phone added.
func (t *Text) part(read string) {
	own, tapback := splitTapback(read)
	own, quoted := splitQuoted(own)
	if tapback != "" && isSignature(own) {
		t.Signature, own = strings.TrimSpace(own), "" // below a reaction it stands alone
	}
	own, signature := splitSignature(own)
	if signature != "" {
		t.Signature = strings.TrimSpace(signature)
	}
	t.Own = strings.TrimSpace(own)
	t.Quoted = strings.TrimSpace(tapback + quoted)
	t.Reaction = tapback != "" && t.Own == ""
}

// plain says whether a text cannot hold a quoted reply, a tapback or a signature, which is the usual case: one
// line of ASCII without a quotation mark.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '>' || c == ':' {
			return false
		}
	}
	return true
}

// storable replaces what Postgres refuses in a text column. Surrogates that came through JSON as their own UTF-8
// bytes (ED A0..BF xx) are invalid UTF-8 to Go and fall under the same rule.
func storable(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// beginning is the longest prefix of at most limit bytes that ends on a whole character.
func beginning(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
