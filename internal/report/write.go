package report

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// WriteCSV writes a result as CSV: a line with the names of the columns, then a line a row as they come, the time as of
// which they are true at the end of each. What is not known is empty.
func WriteCSV(w io.Writer, _ Query, r *Result) error {
	defer r.Close()
	out := csv.NewWriter(w)
	line := make([]string, 0, len(r.Columns)+1)
	for _, c := range r.Columns {
		line = append(line, c.Name)
	}
	_ = out.Write(append(line, "as_of")) // Error tells
	for row, err := range r.Rows {
		if err != nil {
			out.Flush() // what came is whole lines
			return err
		}
		line = line[:0]
		for i, c := range r.Columns {
			line = append(line, plain(c.Kind, row[i]))
		}
		if out.Write(append(line, plain(Time, known(r.AsOf)))) != nil {
			break
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// plain is a value as programs read it.
func plain(kind Kind, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		if kind == Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format(time.RFC3339Nano)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// known is a time, or nil where there is none.
func known(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at
}

// WriteJSON writes a result as one JSON object: report, as_of, open, query, rows and, when they have ended, truncated.
// Each row is an object on a line of its own. Amounts are numbers with all their digits.
func WriteJSON(w io.Writer, q Query, r *Result) error {
	defer r.Close()
	out := bufio.NewWriter(w)
	head := object(func(j *jsonWriter) {
		j.member("report", Text, q.Report)
		j.member("as_of", Time, known(r.AsOf))
		j.member("open", Count, r.Open)
		j.token(jsontext.String("query"))
		j.query(q)
	})
	_, _ = out.WriteString(strings.TrimSuffix(head, "}") + `, "rows": [`) // Flush tells
	between := "\n"
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		_, err = out.WriteString(between + object(func(j *jsonWriter) {
			for i, c := range r.Columns {
				j.member(c.Name, c.Kind, row[i])
			}
		}))
		if err != nil {
			break
		}
		between = ",\n"
	}
	_, _ = fmt.Fprintf(out, "\n], \"truncated\": %t}\n", r.Truncated)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// object is one JSON object in a line.
func object(members func(*jsonWriter)) string {
	var b strings.Builder
	j := &jsonWriter{out: jsontext.NewEncoder(&b, jsontext.SpaceAfterComma(true), jsontext.SpaceAfterColon(true))}
	j.token(jsontext.BeginObject)
	members(j)
	j.token(jsontext.EndObject)
	return strings.TrimSuffix(b.String(), "\n")
}

// jsonWriter writes into memory, where nothing fails: a database holds no text that is not UTF-8.
type jsonWriter struct{ out *jsontext.Encoder }

func (j *jsonWriter) token(t jsontext.Token) { _ = j.out.WriteToken(t) }

func (j *jsonWriter) member(name string, kind Kind, v any) {
	j.token(jsontext.String(name))
	switch v := v.(type) {
	case nil:
		j.token(jsontext.Null)
	case int64:
		j.token(jsontext.Int(v))
	case float64:
		j.token(jsontext.Float(v))
	default:
		if kind == Money {
			_ = j.out.WriteValue(jsontext.Value(plain(kind, v)))
			return
		}
		j.token(jsontext.String(plain(kind, v)))
	}
}

// query writes what was asked, so that an answer can be told from another.
func (j *jsonWriter) query(q Query) {
	spec, _ := Named(q.Report)
	j.token(jsontext.BeginObject)
	if spec.Period {
		j.member("from", Date, q.From)
		j.member("to", Date, q.To)
		j.member("zone", Text, q.Zone)
		j.token(jsontext.String("by"))
		j.list(q.By)
		j.token(jsontext.String("filters"))
		j.token(jsontext.BeginObject)
		for _, d := range spec.Dimensions {
			if values, ok := q.Filters[d]; ok {
				j.token(jsontext.String(d))
				j.list(values)
			}
		}
		j.token(jsontext.EndObject)
	}
	if spec.Hours {
		j.member("hours", Count, int64(q.Hours))
	}
	if spec.Top {
		j.member("top", Count, int64(q.Top))
	}
	if q.Limit > 0 {
		j.member("limit", Count, int64(q.Limit))
	}
	j.token(jsontext.EndObject)
}

func (j *jsonWriter) list(words []string) {
	j.token(jsontext.BeginArray)
	for _, w := range words {
		j.token(jsontext.String(w))
	}
	j.token(jsontext.EndArray)
}
