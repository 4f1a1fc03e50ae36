package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/upkeep"
	heedsql "github.com/heedsms/heed/sql"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		_, err := heedsql.Migrate(ctx, url)
		return err
	})
}

// open gives a test a store on a database of its own.
func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: dbtest.New(t), Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// noon is a moment that tests count from.
func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// scan reads one value.
func scan[T any](t testing.TB, s *store.Store, query string, args ...any) T {
	t.Helper()
	var v T
	if err := s.Pool().QueryRow(context.Background(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// dump is a table as text, a line a row, in order: two databases with the same dump hold the same.
func dump(t testing.TB, s *store.Store, query string) string {
	t.Helper()
	return scan[string](t, s, `SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text COLLATE "C"), '') FROM (`+query+`) r`)
}

var (
	keepAll   = upkeep.Kept{}
	keepAWeek = upkeep.Kept{Events: 7 * 24 * time.Hour, Messages: 7 * 24 * time.Hour}
)
