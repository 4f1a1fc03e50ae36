package dbtest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m, migrate) }

func migrate(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	for i := range 20 {
		if _, err := conn.Exec(ctx, fmt.Sprintf("CREATE TABLE t%d (id bigint PRIMARY KEY, word text)", i)); err != nil {
			return errors.Join(err, conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

func TestEachTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			conn, err := pgx.Connect(t.Context(), dbtest.New(t))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(context.Background()) }()
			// The same key in every test: in a shared database the second insert would fail.
			if _, err := conn.Exec(t.Context(), "INSERT INTO t7 VALUES (1, 'mine')"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestADatabaseIsDroppedAfterItsTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("test", func(t *testing.T) { url = dbtest.New(t) })
	conn, err := pgx.Connect(t.Context(), url)
	if err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database is still there")
	}
}

// BenchmarkClone measures what a test pays for its database: 20 tables cloned.
func BenchmarkClone(b *testing.B) {
	dbtest.Server(b)
	for b.Loop() {
		dbtest.New(b)
	}
}
