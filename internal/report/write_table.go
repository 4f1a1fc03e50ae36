package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// rowsAtOnce is how many rows are held to line up the columns of a table. Those behind keep the widths, or widen them.
const rowsAtOnce = 500

// WriteTable writes a result for people: numbers on the right, shares in per cent, and below it as of when it is true and
// what of it is open.
func WriteTable(w io.Writer, q Query, r *Result) error {
	defer r.Close()
	out := bufio.NewWriter(w)
	t := table{out: out, columns: r.Columns, widths: make([]int, len(r.Columns))}
	header := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		header[i] = c.Name
		if c.Unit != "" {
			header[i] += " (" + c.Unit + ")"
		}
	}
	t.hold(header)
	rows := 0
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(row))
		for i, c := range r.Columns {
			cells[i] = shown(c, row[i])
		}
		t.hold(cells)
		rows++
		if t.err != nil {
			break
		}
	}
	t.flush()
	fmt.Fprintln(out, footer(q, r, rows))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// footer says how far the rows can be trusted.
func footer(q Query, r *Result, rows int) string {
	spec, _ := Named(q.Report)
	var said []string
	if rows == 0 {
		said = append(said, "nothing to count")
	}
	if r.Truncated {
		said = append(said, fmt.Sprintf("only the first %d rows", rows))
	}
	switch {
	case r.AsOf.IsZero():
		said = append(said, "nothing was counted yet: the relay does it each minute")
	default:
		said = append(said, "as of "+r.AsOf.UTC().Format("2006-01-02 15:04:05")+" UTC")
	}
	if spec.Period {
		one, what := "message", "still open"
		if spec.Name == "inbound" {
			one, what = "text", "waiting for a decision"
		}
		if r.Open != 1 {
			one += "s"
		}
		said = append(said, thousands(r.Open)+" "+one+" "+what)
	}
	if q.Zone != "UTC" && spec.Zoned {
		said = append(said, "days of "+q.Zone)
	}
	return strings.Join(said, ", ")
}

// table lines up columns.
type table struct {
	out     *bufio.Writer
	columns []Column
	widths  []int
	held    [][]string
	err     error // why nothing more can be written
}

func (t *table) hold(cells []string) {
	for i, c := range cells {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(c))
	}
	if t.held = append(t.held, cells); len(t.held) >= rowsAtOnce {
		t.flush()
	}
}

func (t *table) flush() {
	for _, cells := range t.held {
		var b strings.Builder
		for i, c := range cells {
			pad := strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(c))
			if t.columns[i].rightAligned() {
				c, pad = pad, c
			}
			b.WriteString(c + pad + "  ")
		}
		_, t.err = fmt.Fprintln(t.out, strings.TrimRight(b.String(), " "))
	}
	t.held = t.held[:0]
}

func (c Column) rightAligned() bool { return c.Kind != Text && c.Kind != Date && c.Kind != Time }

// shown is a value as people read it.
func shown(c Column, v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case time.Time:
		if c.Kind == Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format("2006-01-02 15:04")
	case int64:
		return thousands(v)
	case float64:
		return number64(c.Kind, v)
	case string:
		switch {
		case c.Kind == Money:
			return amount(v)
		case v == "" && c.Dimension:
			return "(unknown)"
		}
		return visible(v)
	}
	return fmt.Sprint(v)
}

func number64(kind Kind, v float64) string {
	switch {
	case kind == Ratio:
		return share(v)
	case kind == Number && v == math.Trunc(v) && math.Abs(v) < 1e15:
		return thousands(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// share is a part of 1 in per cent. What is not all does not read as all, and what is not nothing does not read as nothing.
func share(v float64) string {
	switch {
	case v > 0 && v < 0.0005:
		return "<0.1%"
	case v > 0.9995 && v < 1:
		return ">99.9%"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
}

// amount is an amount with as many digits as prices of messages need.
func amount(exact string) string {
	v, err := strconv.ParseFloat(exact, 64)
	if err != nil {
		return exact
	}
	const digits = 5
	whole, rest, _ := strings.Cut(strconv.FormatFloat(v, 'f', digits, 64), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return exact
	}
	return thousands(n) + "." + rest
}

// thousands groups the digits of a number.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// visible leaves nothing in a text that a terminal would obey: campaigns and the names of carriers come from outside.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
