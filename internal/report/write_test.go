package report_test

import (
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// result is an answer made of rows.
func result(q report.Query, rows ...[]any) *report.Result {
	spec, _ := report.Named(q.Report)
	return &report.Result{Columns: spec.Chosen(q.By), AsOf: now(), Open: 1234, Rows: func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}}
}

func costs() (report.Query, *report.Result) {
	q := report.Query{
		Report: "cost", From: day(11, 1), To: day(11, 20), By: []string{"day", "campaign"}, Zone: "Asia/Kolkata",
		Filters: map[string][]string{"country": {"", "US"}}, Limit: 3,
	}
	r := result(q,
		[]any{day(11, 1), "spring \"24\", =1+1", int64(1234567), int64(1234), int64(1), int64(3), int64(7), 7.0 / 3, "0.00581", "1234.5", "1234.50581", "0", nil},
		[]any{day(11, 2), "", int64(1), int64(0), int64(0), int64(0), int64(0), nil, nil, nil, nil, nil, nil},
		[]any{day(11, 3), "\x1b[2J\u202e", int64(1), int64(0), int64(0), int64(0), int64(0), nil, nil, nil, nil, nil, nil},
	)
	r.Truncated = true
	return q, r
}

func written(t *testing.T, write func(io.Writer, report.Query, *report.Result) error, q report.Query, r *report.Result) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, q, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Columns stand under their names; what a terminal would obey is not written.
func TestWriteTable(t *testing.T) {
	t.Parallel()
	q, r := costs()
	want := strings.TrimPrefix(`
day         campaign            messages   open  priced  counted  parts  parts_per_message  price (USD)  carrier_fee (USD)  total (USD)  undelivered_charged (USD)  cost_per_delivered (USD)
2026-11-01  spring "24", =1+1  1,234,567  1,234       1        3      7               2.33      0.00581        1,234.50000  1,234.50581                    0.00000                         -
2026-11-02  (unknown)                  1      0       0        0      0                  -            -                  -            -                          -                         -
2026-11-03  �[2J�                      1      0       0        0      0                  -            -                  -            -                          -                         -
only the first 3 rows, as of 2026-11-20 03:00:00 UTC, 1,234 messages still open, days of Asia/Kolkata
`, "\n")
	if got := written(t, report.WriteTable, q, r); got != want {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
	q = report.Query{Report: "delivery", By: []string{"status"}, Zone: "UTC"}
	empty := result(q)
	empty.AsOf, empty.Open = time.Time{}, 0
	if got := written(t, report.WriteTable, q, empty); !strings.HasSuffix(got, "\nnothing to count, nothing was counted yet: the relay does it each minute, 0 messages still open\n") {
		t.Error(got)
	}
	for rate, want := range map[float64]string{0.875: "  87.5%  ", 1: "  100.0%  ", 0.99996: "  >99.9%  ", 0: "  0.0%  ", 0.0004: "  <0.1%  "} {
		share := written(t, report.WriteTable, q, result(q, []any{"sent", int64(8), int64(0), int64(7), int64(1), int64(0), rate, int64(1), int64(1), int64(1), int64(0), int64(0)}))
		if !strings.Contains(share, want) {
			t.Errorf("%g is not%q:\n%s", rate, want, share)
		}
	}
}

// A table of many rows is written in pieces, in order.
func TestWriteLongTable(t *testing.T) {
	t.Parallel()
	q := report.Query{Report: "inbound", By: []string{"rule"}, Zone: "UTC"}
	var rows [][]any
	for range 1300 {
		rows = append(rows, []any{"r", int64(1), int64(1), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), 0.0, 0.0})
	}
	if n := strings.Count(written(t, report.WriteTable, q, result(q, rows...)), "\n"); n != 1302 {
		t.Errorf("%d lines", n)
	}
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	q, r := costs()
	want := strings.TrimPrefix(`
day,campaign,messages,open,priced,counted,parts,parts_per_message,price,carrier_fee,total,undelivered_charged,cost_per_delivered,as_of
2026-11-01,"spring ""24"", =1+1",1234567,1234,1,3,7,2.3333333333333335,0.00581,1234.5,1234.50581,0,,2026-11-20T03:00:00Z
2026-11-02,,1,0,0,0,0,,,,,,,2026-11-20T03:00:00Z
`, "\n")
	if got := written(t, report.WriteCSV, q, r); !strings.HasPrefix(got, want) {
		t.Errorf("CSV is\n%s\nwant\n%s", got, want)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	q, r := costs()
	want := strings.TrimPrefix(`
{"report": "cost", "as_of": "2026-11-20T03:00:00Z", "open": 1234, "query": {"from": "2026-11-01", "to": "2026-11-20", "zone": "Asia/Kolkata", "by": ["day", "campaign"], "filters": {"country": ["", "US"]}, "limit": 3}, "rows": [
{"day": "2026-11-01", "campaign": "spring \"24\", =1+1", "messages": 1234567, "open": 1234, "priced": 1, "counted": 3, "parts": 7, "parts_per_message": 2.3333333333333335, "price": 0.00581, "carrier_fee": 1234.5, "total": 1234.50581, "undelivered_charged": 0, "cost_per_delivered": null},
{"day": "2026-11-02", "campaign": "", "messages": 1, "open": 0, "priced": 0, "counted": 0, "parts": 0, "parts_per_message": null, "price": null, "carrier_fee": null, "total": null, "undelivered_charged": null, "cost_per_delivered": null},
{"day": "2026-11-03", "campaign": "\u001b[2J`+"\u202e"+`", "messages": 1, "open": 0, "priced": 0, "counted": 0, "parts": 0, "parts_per_message": null, "price": null, "carrier_fee": null, "total": null, "undelivered_charged": null, "cost_per_delivered": null}
], "truncated": true}
`, "\n")
	if got := written(t, report.WriteJSON, q, r); got != want {
		t.Errorf("JSON is\n%s\nwant\n%s", got, want)
	}
	q = report.Query{Report: "health", Zone: "UTC"}
	if got, want := written(t, report.WriteJSON, q, result(q)), `{"report": "health", "as_of": "2026-11-20T03:00:00Z", "open": 1234, "query": {}, "rows": [`+"\n], \"truncated\": false}\n"; got != want {
		t.Errorf("JSON is\n%s\nwant\n%s", got, want)
	}
}

// What breaks off is told, whichever side it is; and the rows are let go.
func TestWritersTellFaults(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken off")
	for name, write := range map[string]func(io.Writer, report.Query, *report.Result) error{"table": report.WriteTable, "CSV": report.WriteCSV, "JSON": report.WriteJSON} {
		q, r := costs()
		rows := r.Rows
		released := false
		r.Release = func() { released = true }
		r.Rows = cutOff(rows, broken)
		if err := write(io.Discard, q, r); !errors.Is(err, broken) || !released {
			t.Errorf("%s: %v, released %t", name, err, released)
		}
		taken := 0
		r.Rows = func(yield func([]any, error) bool) {
			for range 10_000 { // more than any buffer holds
				for row, err := range rows {
					if taken++; !yield(row, err) {
						return
					}
				}
			}
		}
		if err := write(gone{}, q, r); !errors.Is(err, io.ErrClosedPipe) || taken > 5_000 {
			t.Errorf("%s: %v after %d rows", name, err, taken)
		}
	}
}

// gone is a pipe whose reader has gone.
type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// cutOff ends rows with an error after the first.
func cutOff(rows iter.Seq2[[]any, error], err error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, none := range rows {
			if !yield(row, none) {
				return
			}
			break
		}
		yield(nil, err)
	}
}
