package keywords

import "strings"

// splitQuoted parts the person's words from a reply that they quote: lines that begin with ">", and what follows a
// header such as "On Mon, 2 Mar 2026, Acme wrote:". A person who likes "Reply STOP to end" enough to quote it has
// not asked to stop.
func splitQuoted(s string) (own, quoted string) {
	if !strings.ContainsAny(s, ">:") {
		return s, ""
	}
	var mine, theirs []string
	header, marked := false, false // a header was seen; after it, lines marked with ">" were seen
	for line := range strings.Lines(s) {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, ">"):
			theirs, marked = append(theirs, line), header
		case isQuoteHeader(trimmed):
			theirs, header, marked = append(theirs, line), true, false
		case header && !marked:
			// Without marks nothing tells where the quotation ends.
			theirs = append(theirs, line)
		default:
			mine = append(mine, line)
		}
	}
	return strings.Join(mine, ""), strings.Join(theirs, "")
}

// quoteHeaders are how mail programs and gateways introduce a quotation, one row a language: how the line begins
// and the word before its colon, both folded.
var quoteHeaders = []struct{ begins, ends string }{
	{"on", "wrote"},          // en
	{"el", "escribio"},       // es
	{"le", "a ecrit"},        // fr
	{"am", "schrieb"},        // de
	{"em", "escreveu"},       // pt
	{"il", "ha scritto"},     // it
	{"op", "schreef"},        // nl
	{"original message", ""}, // the separator line of Outlook
	{"mensaje original", ""},
	{"message original", ""},
	{"ursprungliche nachricht", ""},
}

// maxHeader is longer than any header: dates, a name and an address.
const maxHeader = 200

func isQuoteHeader(line string) bool {
	if len(line) > maxHeader || !strings.HasSuffix(line, ":") && !strings.HasPrefix(line, "---") {
		return false
	}
	folded := Fold(line)
	for _, h := range quoteHeaders {
		if h.ends == "" {
			if folded == h.begins {
				return true
			}
			continue
		}
		if strings.HasPrefix(folded, h.begins+" ") && strings.HasSuffix(folded, " "+h.ends) {
			return true
		}
	}
	// German and Dutch put the name behind the verb: "Am 2. März schrieb Acme:".
	return strings.HasPrefix(folded, "am ") && strings.Contains(folded, " schrieb ") ||
		strings.HasPrefix(folded, "op ") && strings.Contains(folded, " schreef ")
}
