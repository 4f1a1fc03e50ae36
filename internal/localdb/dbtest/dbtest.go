// Package dbtest gives every test a Postgres database of its own: a clone of one migrated template, made in some
// 20 ms and dropped after the test, so that tests run in parallel and see nobody else's rows.
//
// A package that needs it has in its test files
//
//	func TestMain(m *testing.M) { dbtest.Main(m, store.Migrate) }
//
// and in a test
//
//	url := dbtest.New(t)
//
// The server is started by the first New, one for each test process, by the rules of package localdb. A test process
// that ends early on a server of DATABASE_URL (a time-out, kill -9) leaves databases named heed_tmp_… behind; they
// may be dropped.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/localdb"
)

// patience bounds each step; a machine that is busy with a build may take a hundred times the usual.
const patience = 2 * time.Minute

// process is what the tests of one test binary share. The testing package gives a test no other way to what TestMain
// prepared than through a variable.
var process suite

// suite is one server and its migrated template.
type suite struct {
	migrate func(ctx context.Context, url string) error

	once     sync.Once
	server   *localdb.Server
	template string
	err      error
}

// Main runs the tests of a package and removes what they leave; call it from TestMain and return. The schema comes
// from migrate, which is called once, for the template, and must close its connections. The functions of afterwards remove
// what else the tests left: Main ends the process.
func Main(m *testing.M, migrate func(ctx context.Context, url string) error, afterwards ...func() error) {
	process.migrate = migrate
	code := m.Run()
	for _, remove := range afterwards {
		if err := remove(); err != nil {
			fmt.Fprintln(os.Stderr, "dbtest:", err)
			code = max(code, 1)
		}
	}
	if process.server != nil {
		if err := process.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "dbtest: stopping Postgres:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// New returns the connection string of a fresh, migrated database that is dropped when the test ends. Without a
// Postgres on this machine the test is skipped, or fails when CI is set.
func New(t testing.TB) string {
	t.Helper()
	server, template := start(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	name := localdb.TempName()
	url, err := server.CreateDatabase(ctx, name, template)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() { drop(t, server, name) })
	return url
}

// Server returns the server behind [New], started if need be; for a test that makes databases of its own.
func Server(t testing.TB) *localdb.Server {
	t.Helper()
	server, _ := start(t)
	return server
}

func start(t testing.TB) (*localdb.Server, string) {
	t.Helper()
	if process.migrate == nil {
		t.Fatal("dbtest: TestMain of this package must call dbtest.Main")
	}
	process.once.Do(func() { process.err = process.start() })
	switch {
	case process.err == nil:
		return process.server, process.template
	case errors.Is(process.err, localdb.ErrNotFound) && os.Getenv("CI") == "":
		t.Skipf("dbtest: %v", process.err)
	default:
		t.Fatalf("dbtest: %v", process.err)
	}
	return nil, ""
}

func (s *suite) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, err := localdb.Start(ctx, localdb.Options{})
	if err != nil {
		return err
	}
	s.server, s.template = server, localdb.TempName()
	url, err := server.CreateDatabase(ctx, s.template, "")
	if err != nil {
		return err
	}
	if err := s.migrate(ctx, url); err != nil {
		return fmt.Errorf("migrating the template database: %w", err)
	}
	return nil
}

func drop(t testing.TB, server *localdb.Server, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.DropDatabase(ctx, name); err != nil {
		t.Errorf("dbtest: %v", err)
	}
}
