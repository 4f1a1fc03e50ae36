package store_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/report"
	"github.com/heedsms/heed/internal/store"
)

// reportRows asks for a report as the command line does and gives its rows, columns by name, a line a row.
func reportRows(ctx context.Context, s *store.Store, spec report.Spec, asked map[string]string) ([]string, error) {
	values := url.Values{}
	for name, list := range asked {
		if name != "by" || len(spec.Dimensions) > 0 {
			values[name] = strings.Split(list, "|")
		}
	}
	q, err := report.ParseQuery(spec, values, time.Now())
	if err != nil {
		return nil, err
	}
	r, err := s.Report(ctx, q)
	if err != nil {
		return nil, err
	}
	var all []string
	for row, err := range r.Rows {
		if err != nil {
			return nil, err
		}
		all = append(all, line(r.Columns, row))
	}
	return all, nil
}

// line is a row in one line: names and values, what is nil left out.
func line(columns []report.Column, row []any) string {
	var b strings.Builder
	for i, c := range columns {
		switch v := row[i].(type) {
		case nil:
		case time.Time:
			fmt.Fprintf(&b, "%s=%s ", c.Name, v.Format(time.DateOnly))
		case float64:
			fmt.Fprintf(&b, "%s=%.4g ", c.Name, v)
		default:
			fmt.Fprintf(&b, "%s=%v ", c.Name, v)
		}
	}
	return strings.TrimSpace(b.String())
}

// reportMaps asks for a report and gives its rows, each value under the name of its column, as_of among them.
func reportMaps(t testing.TB, s *store.Store, q report.Query) []map[string]any {
	t.Helper()
	r, err := s.Report(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]any{"as_of": r.AsOf}
		for i, c := range r.Columns {
			named[c.Name] = row[i]
		}
		all = append(all, named)
	}
	return all
}
