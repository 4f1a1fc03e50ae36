package pgproxy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/localdb/pgproxy"
)

func TestMain(m *testing.M) {
	dbtest.Main(m, func(ctx context.Context, url string) error {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE word (id int PRIMARY KEY, word text)")
		return errors.Join(err, conn.Close(ctx))
	})
}

// through starts a proxy before a fresh database and returns it with the database's own connection string.
func through(t *testing.T, hooks pgproxy.Hooks) (*pgproxy.Proxy, string) {
	t.Helper()
	direct := dbtest.New(t)
	p, err := pgproxy.Start(direct, hooks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, direct
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func count(t *testing.T, url string) int {
	t.Helper()
	var n int
	if err := connect(t, url).QueryRow(t.Context(), "SELECT count(*) FROM word").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHooksAreCalledInOrder(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var calls []string
	note := func(word string) func(int) {
		return func(n int) {
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, fmt.Sprint(word, n))
		}
	}
	p, _ := through(t, pgproxy.Hooks{Before: note("before"), After: note("after")})
	conn := connect(t, p.URL())
	for range 2 {
		if err := conn.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"before1", "after1", "before2", "after2"}, calls); diff != "" {
		t.Error(diff)
	}
}

// The two moments of a crash: the work is not begun, or it is done and nobody heard.
func TestACutBeforeAndAfterTheWork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		before   bool
		wantRows int
	}{{"before: nothing is written", true, 0}, {"after: it is written, the client does not know", false, 1}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var p *pgproxy.Proxy
			cut := func(n int) {
				if n == 2 {
					p.Cut()
				}
			}
			hooks := pgproxy.Hooks{After: cut}
			if test.before {
				hooks = pgproxy.Hooks{Before: cut}
			}
			p, direct := start(t, &p, hooks)
			conn := connect(t, p.URL())
			if err := conn.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := conn.Exec(t.Context(), "INSERT INTO word VALUES (1, 'one')", pgx.QueryExecModeExec)
			if err == nil {
				t.Error("the client believes that it went well")
			}
			if got := count(t, direct); got != test.wantRows {
				t.Errorf("%d rows, want %d", got, test.wantRows)
			}
			if err := connect(t, p.URL()).Ping(t.Context()); err != nil {
				t.Errorf("a new connection: %v", err)
			}
		})
	}
}

// start is through for hooks that need the proxy.
func start(t *testing.T, p **pgproxy.Proxy, hooks pgproxy.Hooks) (*pgproxy.Proxy, string) {
	t.Helper()
	started, direct := through(t, hooks)
	*p = started
	return started, direct
}

func TestAStallHoldsEverythingUntilItEnds(t *testing.T) {
	t.Parallel()
	p, _ := through(t, pgproxy.Hooks{})
	conn := connect(t, p.URL())
	p.Stall()
	done := make(chan error, 1)
	go func() { done <- conn.Ping(context.Background()) }()
	select {
	case err := <-done:
		t.Fatalf("answered through a stall: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	p.Resume()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTheServersLastWordsArrive(t *testing.T) {
	t.Parallel()
	p, direct := through(t, pgproxy.Hooks{})
	conn := connect(t, p.URL())
	if _, err := connect(t, direct).Exec(t.Context(), "SELECT pg_terminate_backend($1)", conn.PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	err := conn.Ping(t.Context())
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "57P01" {
		t.Errorf("error %v, want the server's own", err)
	}
}

func TestACancelRequestReachesTheServer(t *testing.T) {
	t.Parallel()
	p, _ := through(t, pgproxy.Hooks{})
	conn := connect(t, p.URL())
	time.AfterFunc(100*time.Millisecond, func() { _ = conn.PgConn().CancelRequest(context.Background()) })
	_, err := conn.Exec(t.Context(), "SELECT pg_sleep(60)")
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "57014" {
		t.Errorf("error %v, want a cancelled query", err)
	}
}

func TestConnectionsWorkSideBySide(t *testing.T) {
	t.Parallel()
	p, direct := through(t, pgproxy.Hooks{})
	var all sync.WaitGroup
	for i := range 4 {
		conn := connect(t, p.URL())
		all.Go(func() {
			for j := range 25 {
				if _, err := conn.Exec(context.Background(), "INSERT INTO word VALUES ($1, 'x')", 100*i+j); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := count(t, direct); got != 100 {
		t.Errorf("%d rows, want 100", got)
	}
	if got := p.RoundTrips(); got != 4*26 {
		t.Errorf("%d round trips, want %d", got, 4*26)
	}
}

func TestURLKeepsTheDatabaseAndTheRole(t *testing.T) {
	t.Parallel()
	for _, upstream := range []string{
		"postgres://ann:pw@127.0.0.1:5999/shop?application_name=a&sslmode=prefer",
		"host=127.0.0.1 port=5999 user=ann password=pw dbname=shop sslmode=prefer application_name=a",
	} {
		p, err := pgproxy.Start(upstream, pgproxy.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		config, err := pgx.ParseConfig(p.URL())
		if err != nil {
			t.Fatal(err)
		}
		got := []string{config.Host, config.User, config.Password, config.Database, config.RuntimeParams["application_name"]}
		if want := []string{"127.0.0.1", "ann", "pw", "shop", "a"}; !slices.Equal(got, want) || config.TLSConfig != nil {
			t.Errorf("%s: got %v, TLS %v", upstream, got, config.TLSConfig != nil)
		}
		if config.Port == 5999 {
			t.Error("still points at the server")
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
