package localdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// useNamed takes the server that the operator named, once it is sure that throw-away databases can be made there.
func useNamed(ctx context.Context, dsn string) (*Server, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("connecting to DATABASE_URL: %w", err)
	}
	config := conn.Config()
	version, err := readRelease(ctx, conn)
	if err == nil {
		err = checkMayCreate(ctx, conn)
	}
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, fmt.Errorf("looking at the server of DATABASE_URL: %w", err)
	}
	return &Server{
		url:     dsn,
		about:   fmt.Sprintf("of DATABASE_URL (%s at %s:%d)", config.User, config.Host, config.Port),
		release: version,
		named:   true,
		created: map[string]struct{}{},
	}, nil
}

// checkMayCreate tells a missing right at the start, in words, and not as the failure of the first test.
func checkMayCreate(ctx context.Context, conn *pgx.Conn) error {
	var role string
	var may bool
	const ask = `SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user`
	if err := conn.QueryRow(ctx, ask).Scan(&role, &may); err != nil {
		return fmt.Errorf("reading the rights of the role: %w", err)
	}
	if !may {
		return fmt.Errorf("role %s may not create databases, and throw-away ones are made beside yours: "+
			"run ALTER ROLE %s CREATEDB, or unset DATABASE_URL", role, quote(role))
	}
	return nil
}

func readRelease(ctx context.Context, conn *pgx.Conn) (release, error) {
	var r release
	var number string
	const ask = `SELECT current_setting('server_version'), current_setting('server_version_num')`
	if err := conn.QueryRow(ctx, ask).Scan(&r.name, &number); err != nil {
		return release{}, fmt.Errorf("reading the server's version: %w", err)
	}
	var err error
	if r.number, err = strconv.Atoi(number); err != nil {
		return release{}, fmt.Errorf("reading the server's version: %w", err)
	}
	return r, nil
}
