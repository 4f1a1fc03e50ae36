package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/cloud"
	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/store"
	heedsql "github.com/heedsms/heed/sql"
)

type migrateCommand struct{}

// Help is shown by heed migrate --help.
func (migrateCommand) Help() string {
	return `The database is the one of DATABASE_URL, DATABASE_SECRET_ARN or DATABASE_IAM_AUTH. Several may run at once; one works.

  DATABASE_URL=postgres://localhost/heed heed migrate`
}

// Run brings the schema up to date.
func (migrateCommand) Run(ctx context.Context, t terminal) error {
	conn, err := databaseConfig(ctx)
	if err != nil {
		return err
	}
	conn.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if strings.HasPrefix(n.Message, "heed:") { // a migration's own, not Postgres's on what exists already
			fmt.Fprintln(t.err, n.Message)
		}
	}
	applied, err := heedsql.MigrateConfig(ctx, conn)
	if err != nil {
		return err
	}
	for _, m := range applied {
		fmt.Fprintf(t.out, "applied %s\n", m.Name)
	}
	if len(applied) == 0 {
		fmt.Fprintln(t.out, "the schema is up to date")
	}
	return nil
}

// database reads where the operator's database is.
func database() (address string, connect func(context.Context, *pgx.ConnConfig) error, err error) {
	var settings struct{ Database config.Database }
	if err := config.Load(&settings); err != nil {
		return "", nil, usageError{err}
	}
	aws, err := cloud.FromEnvironment()
	if err != nil {
		return "", nil, err
	}
	address, connect = cloud.Database(aws, settings.Database, time.Now)
	return address, connect, nil
}

// databaseConfig describes one connection to the operator's database.
func databaseConfig(ctx context.Context) (*pgx.ConnConfig, error) {
	address, connect, err := database()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read the database settings: %w", err)
	}
	if connect != nil {
		if err := connect(ctx, conn); err != nil {
			return conn, err
		}
	}
	return conn, nil
}

// openStore opens the operator's database.
func openStore(ctx context.Context) (*store.Store, error) {
	address, connect, err := database()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{URL: address, Connect: connect})
}
