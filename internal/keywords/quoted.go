package keywords

import (
	"slices"
	"strings"
)

// splitQuoted parts the person's words from a reply that they quote: lines that begin with ">", and what follows a
// header such as "On Mon, 2 Mar 2026, Acme wrote:". A person who likes "Reply STOP to end" enough to quote it has
// not asked to stop.
//
// Where nothing is left and no line was marked with ">", the header was the person's own: "On Monday she wrote:".
func splitQuoted(s string) (own, quoted string) {
	if !strings.Contains(s, "\n") && !strings.HasPrefix(strings.TrimSpace(s), ">") {
		return s, "" // one line is a header at most
	}
	var q quotation
	for line := range strings.Lines(s) {
		q.read(line)
	}
	if len(q.theirs) == 0 {
		return s, ""
	}
	own = strings.Join(q.mine, "")
	if !q.anyMarked && strings.TrimSpace(own) == "" {
		return s, ""
	}
	return own, strings.Join(q.theirs, "")
}

// quotation is a text being parted line by line.
type quotation struct {
	mine, theirs []string
	header       bool // a header was seen
	marked       bool // and after it lines with ">"
	anyMarked    bool // lines with ">" were seen
}

func (q *quotation) read(line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(trimmed, ">"):
		q.theirs = append(q.theirs, line)
		q.marked, q.anyMarked = q.header, true
	case isQuoteHeader(trimmed):
		q.open(line)
	case q.continuesHeader(trimmed):
		// Mail programs break a long header: "On Mon, 2 Mar 2026 at 10:00, Acme" and "<acme@acme.example> wrote:".
		q.takeBack()
		q.open(line)
	case q.header && !q.marked:
		// Without marks nothing tells where the quotation ends.
		q.theirs = append(q.theirs, line)
	default:
		q.mine = append(q.mine, line)
	}
}

func (q *quotation) open(line string) {
	q.theirs = append(q.theirs, line)
	q.header, q.marked = true, false
}

// continuesHeader says whether a line ends what the person's last line begins: a header in two lines, or the
// second line of Outlook's block.
func (q *quotation) continuesHeader(line string) bool {
	if len(q.mine) == 0 {
		return false
	}
	last := strings.TrimSpace(q.mine[len(q.mine)-1])
	if last == "" || len(last)+len(line) > maxHeader {
		return false
	}
	return hasLabel(last, fromLabels) && hasLabel(line, sentLabels) ||
		endsInColon(line) && !endsInColon(last) && isQuoteHeader(last+" "+line)
}

// takeBack makes the person's last line a part of the quotation.
func (q *quotation) takeBack() {
	last := len(q.mine) - 1
	q.theirs = append(q.theirs, q.mine[last])
	q.mine = q.mine[:last]
}

// maxHeader is longer than any header: dates, a name and an address.
const maxHeader = 200

func isQuoteHeader(line string) bool {
	if len(line) > maxHeader {
		return false
	}
	if strings.HasPrefix(line, "---") {
		return slices.Contains(originals, Fold(line))
	}
	if !endsInColon(line) {
		return false
	}
	folded := Fold(line)
	for _, h := range quoteHeaders {
		if len(folded) > len(h.begins)+len(h.within)+len(h.ends) && beginsWith(folded, h.begins) &&
			endsWith(folded, h.ends) && strings.Contains(folded, h.within) {
			return true
		}
	}
	return false
}

func endsInColon(line string) bool {
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

// hasLabel says whether a line is one of Outlook's: a label, a colon, a value.
func hasLabel(line string, labels []string) bool {
	at := strings.IndexAny(line, ":：")
	return at > 0 && at < 40 && slices.Contains(labels, Fold(line[:at]))
}
