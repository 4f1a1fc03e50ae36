package localdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tempPrefix marks a database as ours to drop, on a server that is not ours.
const tempPrefix = "heed_tmp_"

// insufficientPrivilege is the SQLSTATE of a role that may not do what it asked for.
const insufficientPrivilege = "42501"

// release is a server's version, as it prints it and as a number (150018 is 15.18).
type release struct {
	name   string
	number int
}

// copiesFiles says whether CREATE DATABASE knows STRATEGY, which came with PostgreSQL 15.
func (r release) copiesFiles() bool { return r.number >= 150000 }

// TempName returns a fresh name for a throw-away database. Two processes never get the same.
func TempName() string {
	return tempPrefix + strings.ToLower(rand.Text()[:16])
}

// CreateDatabase creates the database name, as a copy of template or empty when template is "", and returns its
// connection string. A copy costs some 20 ms; nobody may be connected to the template meanwhile. On a server that
// DATABASE_URL names, name must come from [TempName]; the error says so, and says what to do when the role may not
// create databases.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) (string, error) {
	if err := s.mayTouch(name); err != nil {
		return "", err
	}
	if err := s.exec(ctx, s.createStatement(name, template)); err != nil {
		return "", fmt.Errorf("creating database %s: %w", name, err)
	}
	s.mu.Lock()
	s.created[name] = struct{}{}
	s.mu.Unlock()
	return s.URL(name), nil
}

// createStatement is deterministic about what differs between installations: the encoding and the sort order.
func (s *Server) createStatement(name, template string) string {
	if template == "" {
		return "CREATE DATABASE " + quote(name) + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
	}
	statement := "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template)
	if s.release.copiesFiles() {
		// The default writes every page to the log: right for big templates on a live server, twice as slow here.
		statement += " STRATEGY file_copy"
	}
	return statement
}

// DropDatabase drops a database and ends whatever is still connected to it. One that does not exist is no error. On a
// server that DATABASE_URL names it refuses names that [TempName] did not make.
func (s *Server) DropDatabase(ctx context.Context, name string) error {
	if err := s.mayTouch(name); err != nil {
		return err
	}
	if err := s.exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("dropping database %s: %w", name, err)
	}
	s.mu.Lock()
	delete(s.created, name)
	s.mu.Unlock()
	return nil
}

func (s *Server) mayTouch(name string) error {
	if s.named && !strings.HasPrefix(name, tempPrefix) {
		return fmt.Errorf("database %q is not a throw-away one (%s…): not touched on the server of DATABASE_URL",
			name, tempPrefix)
	}
	return nil
}

func (s *Server) dropCreated() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	s.mu.Lock()
	names := make([]string, 0, len(s.created))
	for name := range s.created {
		names = append(names, name)
	}
	s.mu.Unlock()
	var errs []error
	for _, name := range names {
		errs = append(errs, s.DropDatabase(ctx, name))
	}
	return errors.Join(errs...)
}

// exec runs one statement on a connection of its own: CREATE DATABASE must stand alone, and callers run in parallel.
func (s *Server) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == insufficientPrivilege {
		err = fmt.Errorf("%w (grant it with: ALTER ROLE %s CREATEDB, or unset DATABASE_URL)",
			err, quote(conn.Config().User))
	}
	return errors.Join(err, conn.Close(ctx))
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// withDatabase points a connection string at another database. Among keywords and values the last one wins.
func withDatabase(dsn, database string) string {
	if u, err := url.Parse(dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path, u.RawPath = "/"+database, ""
		query := u.Query()
		query.Del("dbname")
		query.Del("database")
		u.RawQuery = query.Encode()
		return u.String()
	}
	return dsn + " dbname='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(database) + "'"
}
