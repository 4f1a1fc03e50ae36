// Package sql holds heed's schema: the migrations, embedded, and what applies them. Statements that read and write
// rows live in internal/store, beside the functions that scan them.
package sql

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the numbered schema changes, forward only in production.
func Migrations() (fs.FS, error) { return fs.Sub(files, "migrations") }

// Newest is the number of the newest migration.
func Newest() (int64, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1]) // a glob is in order, and the numbers have leading zeros
}

// Applied is one migration that [Migrate] ran.
type Applied struct {
	Version int64
	Name    string
}

// Migrate brings the schema up to date and says what it did; nothing when it was already. Several may run at once:
// one works, the others wait (an advisory lock of the session).
func Migrate(ctx context.Context, url string) ([]Applied, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database settings: %w", err)
	}
	return MigrateConfig(ctx, config)
}

// MigrateConfig is [Migrate] for a connection that is described by a config, as with a rotating password.
func MigrateConfig(ctx context.Context, config *pgx.ConnConfig) ([]Applied, error) {
	db := stdlib.OpenDB(*config)
	defer db.Close()
	// The record of what was applied lives in heed's own schema: an ordinary role may write nothing in public, and
	// another application may keep its own there.
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS heed"); err != nil && !isRace(err) {
		return nil, fmt.Errorf("make the schema: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("make the migration lock: %w", err)
	}
	migrations, err := Migrations()
	if err != nil {
		return nil, fmt.Errorf("open the embedded migrations: %w", err)
	}
	// Without the locker, two that start together can both try the first migration.
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker), goose.WithTableName("heed.migration"))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	applied := make([]Applied, 0, len(results))
	for _, r := range results {
		applied = append(applied, Applied{Version: r.Source.Version, Name: r.Source.Path})
	}
	return applied, nil
}

// isRace says that another migration made the schema at the same moment.
func isRace(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
