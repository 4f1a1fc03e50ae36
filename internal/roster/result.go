package roster

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Results writes what became of each row, as CSV: line, contact, program, outcome, reason.
type Results struct {
	to  *bufio.Writer
	row []byte
}

// NewResults writes the names of the columns.
func NewResults(to io.Writer) *Results {
	r := &Results{to: bufio.NewWriterSize(to, 64<<10)}
	_, _ = r.to.WriteString("line,contact,program,outcome,reason\n") // Flush tells
	return r
}

// Add writes a row.
func (r *Results) Add(e *Entry) {
	r.row = append(strconv.AppendInt(r.row[:0], int64(e.Line), 10), ',')
	r.row = append(appendCSV(r.row, string(e.Contact)), ',')
	r.row = append(appendCSV(r.row, e.Program), ',')
	r.row = append(append(r.row, e.Outcome...), ',')
	r.row = append(appendCSV(r.row, e.Reason), '\n')
	_, _ = r.to.Write(r.row)
}

// Flush writes what is still held back, and tells whether all could be written.
func (r *Results) Flush() error {
	if err := r.to.Flush(); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

// appendCSV writes a field, quoted where it has to be.
func appendCSV(to []byte, field string) []byte {
	if !strings.ContainsAny(field, ",\"\r\n") {
		return append(to, field...)
	}
	to = append(to, '"')
	to = append(to, strings.ReplaceAll(field, `"`, `""`)...)
	return append(to, '"')
}
