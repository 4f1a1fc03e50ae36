package pgproxy_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/localdb/pgproxy"
)

func TestRoundTripsAreCounted(t *testing.T) {
	t.Parallel()
	p, _ := through(t, pgproxy.Hooks{})
	conn := connect(t, p.URL())
	ctx := t.Context()
	for _, test := range []struct {
		name string
		want int
		do   func() error
	}{
		{"connecting is none", 0, func() error { return nil }},
		{"a simple query", 1, func() error { return conn.Ping(ctx) }},
		{"a statement not seen before: prepare, execute", 2, func() error {
			_, err := conn.Exec(ctx, "INSERT INTO word VALUES ($1, $2)", 1, "one")
			return err
		}},
		{"a statement seen before", 1, func() error {
			_, err := conn.Exec(ctx, "INSERT INTO word VALUES ($1, $2)", 2, "two")
			return err
		}},
		{"a batch of statements seen before", 1, func() error {
			var batch pgx.Batch
			for i := range 50 {
				batch.Queue("INSERT INTO word VALUES ($1, $2)", 10+i, "many")
			}
			return conn.SendBatch(ctx, &batch).Close()
		}},
		{"a copy, after its table is described", 2, func() error {
			rows := pgx.CopyFromSlice(1000, func(i int) ([]any, error) { return []any{1000 + i, "copied"}, nil })
			_, err := conn.CopyFrom(ctx, pgx.Identifier{"word"}, []string{"id", "word"}, rows)
			return err
		}},
		{"many rows", 2, func() error {
			rows, err := conn.Query(ctx, "SELECT word FROM word")
			if err != nil {
				return err
			}
			words, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err == nil && len(words) != 1052 {
				err = fmt.Errorf("got %d rows", len(words))
			}
			return err
		}},
		{"an error", 1, func() error {
			_, err := conn.Exec(ctx, "INSERT INTO word VALUES ($1, $2)", 2, "again")
			if _, ok := errors.AsType[*pgconn.PgError](err); !ok {
				return fmt.Errorf("want a duplicate key, got %w", err)
			}
			return nil
		}},
	} {
		before := p.RoundTrips()
		if err := test.do(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := p.RoundTrips() - before; got != test.want {
			t.Errorf("%s: %d round trips, want %d", test.name, got, test.want)
		}
	}
}
