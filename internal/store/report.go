package store

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/report"
)

const reportState = `SELECT as_of, open FROM heed.report_state($1, $2, $3, $4, $5)`

// Report begins a report and hands out its rows as the database gives them. All of it is of one moment. The connection is held until the rows have ended or the result is closed.
func (s *Store) Report(ctx context.Context, q report.Query) (*report.Result, error) {
	spec, ok := report.Named(q.Report)
	if !ok {
		return nil, fmt.Errorf("there is no report %q", q.Report)
	}
	result := &report.Result{Columns: spec.Chosen(q.By)}
	statement, args, err := askReport(spec, q, result.Columns)
	if err != nil {
		return nil, err
	}
	// Who stops early does not wait for the rows that are left: the connection goes with them.
	ctx, abandon := context.WithCancel(ctx)
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		abandon()
		return nil, fmt.Errorf("report %s: %w", q.Report, err)
	}
	result.Release = func() {
		abandon()
		_ = tx.Rollback(context.WithoutCancel(ctx)) // nothing was written
	}
	rows, err := startReport(ctx, tx, q, result, statement, args)
	if err != nil {
		result.Close()
		return nil, fmt.Errorf("report %s: %w", q.Report, err)
	}
	result.Rows = readReport(rows, q, result)
	return result, nil
}

// askReport is the call of the report's function, with the columns that were asked for. Amounts come as text: they are
// exact.
func askReport(spec report.Spec, q report.Query, columns []report.Column) (string, []any, error) {
	selected := make([]string, len(columns))
	for i, c := range columns {
		selected[i] = pgx.Identifier{c.Name}.Sanitize()
		if c.Kind == report.Money {
			selected[i] += "::text"
		}
	}
	var given []string
	var args []any
	give := func(name string, value any) {
		args = append(args, value)
		given = append(given, name+" => $"+strconv.Itoa(len(args)))
	}
	if spec.Period {
		filters, err := json.Marshal(q.Filters, json.Deterministic(true))
		if err != nil {
			return "", nil, fmt.Errorf("write the filters: %w", err)
		}
		give("first", q.From)
		give("last", q.To)
		give("dimensions", q.By)
		give("filters", filters)
	}
	if spec.Zoned {
		give("zone", q.Zone)
	}
	if spec.Hours {
		give("hours", q.Hours)
	}
	if spec.Top {
		give("top", q.Top)
	}
	statement := "SELECT " + strings.Join(selected, ", ") + " FROM heed." + spec.Function + "(" + strings.Join(given, ", ") + ")"
	if q.Limit > 0 {
		statement += " LIMIT " + strconv.Itoa(q.Limit+1) // one more says that there is more
	}
	return statement, args, nil
}

func startReport(ctx context.Context, tx pgx.Tx, q report.Query, result *report.Result, statement string, args []any) (pgx.Rows, error) {
	if q.Timeout > 0 {
		// Postgres would not notice that nobody waits any more.
		if _, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', $1, true)`, fmt.Sprint(max(q.Timeout.Milliseconds(), 1))); err != nil {
			return nil, fmt.Errorf("set the time limit: %w", err)
		}
	}
	filters, err := json.Marshal(q.Filters)
	if err != nil {
		return nil, fmt.Errorf("write the filters: %w", err)
	}
	var asOf *time.Time
	if err := tx.QueryRow(ctx, reportState, q.Report, nullable(q.From), nullable(q.To), q.Zone, filters).Scan(&asOf, &result.Open); err != nil {
		return nil, fmt.Errorf("how old the counts are: %w", err)
	}
	if asOf != nil {
		result.AsOf = asOf.UTC()
	}
	return tx.Query(ctx, statement, args...)
}

func readReport(rows pgx.Rows, q report.Query, result *report.Result) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		defer result.Close()
		for n := 1; rows.Next(); n++ {
			if q.Limit > 0 && n > q.Limit {
				result.Truncated = true
				rows.Close() // of which there are no more: the connection is kept
				return
			}
			values, err := rows.Values()
			for i, v := range values {
				if at, ok := v.(time.Time); ok {
					values[i] = at.UTC()
				}
			}
			if err != nil {
				err = fmt.Errorf("report %s: %w", q.Report, err)
			}
			if !yield(values, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("report %s: %w", q.Report, err))
		}
	}
}
