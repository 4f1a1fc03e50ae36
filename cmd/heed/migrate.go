package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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

// databaseSettings reads where the operator's database is, and the AWS account by which its password or token is got.
func databaseSettings(ctx context.Context) (aws.Config, config.Database, error) {
	var read struct{ Database config.Database }
	if err := config.Load(&read); err != nil {
		return aws.Config{}, config.Database{}, usageError{err}
	}
	if read.Database.URL != "" {
		return aws.Config{}, read.Database, nil
	}
	account, err := awsAccount(ctx)
	return account, read.Database, err
}

// databaseConfig describes one connection to the operator's database.
func databaseConfig(ctx context.Context) (*pgx.ConnConfig, error) {
	account, d, err := databaseSettings(ctx)
	if err != nil {
		return nil, err
	}
	return cloud.Connection(ctx, account, d, time.Now)
}

// openStore opens the operator's database.
func openStore(ctx context.Context) (*store.Store, error) {
	account, d, err := databaseSettings(ctx)
	if err != nil {
		return nil, err
	}
	address, connect := cloud.Database(account, d, time.Now)
	return store.Open(ctx, store.Options{URL: address, Connect: connect})
}
