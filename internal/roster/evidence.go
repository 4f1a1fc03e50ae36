package roster

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// The evidence of a row is written as Postgres writes jsonb: keys by length, then by bytes, one space behind colon and
// comma. So the ledger's fingerprint can be made before the database has seen it.

// evidence writes what is kept with a row: where it stood, its reason, and all that it said in words of its own.
type evidence struct {
	columns []string // the keys, as JSON with colon and space
	order   []int    // the columns in the order of jsonb
	file    string   // `"file": …, "line": `
	row     []byte
}

func newEvidence(file string, columns []string) *evidence {
	e := &evidence{file: `"file": ` + string(appendJSON(nil, []byte(file))) + `, "line": `}
	for i, c := range columns {
		e.columns = append(e.columns, string(appendJSON(nil, []byte(c)))+": ")
		e.order = append(e.order, i)
	}
	slices.SortFunc(e.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(columns[a]), len(columns[b])), strings.Compare(columns[a], columns[b]))
	})
	return e
}

// of writes the evidence of a row. kept says which fields stand for themselves: those that the event does not say.
func (e *evidence) of(line int, reason []byte, fields [][]byte, kept func(column int) bool) string {
	b := append(e.row[:0], '{')
	before := len(b)
	for _, column := range e.order {
		if column >= len(fields) || len(fields[column]) == 0 || !kept(column) {
			continue
		}
		if len(b) == before {
			b = append(b, `"row": {`...)
		} else {
			b = append(b, ", "...)
		}
		b = appendJSON(append(b, e.columns[column]...), fields[column])
	}
	if len(b) > before {
		b = append(b, "}, "...)
	}
	b = strconv.AppendInt(append(b, e.file...), int64(line), 10)
	if len(reason) > 0 {
		b = appendJSON(append(b, `, "reason": `...), reason)
	}
	e.row = append(b, '}')
	return string(e.row)
}

// appendJSON writes a text as a JSON string, as Postgres does (escape_json). The text is UTF-8 without NUL.
func appendJSON(to, text []byte) []byte {
	to = append(to, '"')
	for _, c := range text {
		switch c {
		case '"', '\\':
			to = append(to, '\\', c)
		case '\b':
			to = append(to, `\b`...)
		case '\f':
			to = append(to, `\f`...)
		case '\n':
			to = append(to, `\n`...)
		case '\r':
			to = append(to, `\r`...)
		case '\t':
			to = append(to, `\t`...)
		default:
			if c < ' ' {
				const digits = "0123456789abcdef"
				to = append(to, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
				continue
			}
			to = append(to, c)
		}
	}
	return append(to, '"')
}
