package localdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startOwn starts a server of our own, whatever DATABASE_URL says.
func startOwn(t *testing.T, opts Options) *Server {
	t.Helper()
	opts.SkipDatabaseURL = true
	s, err := Start(t.Context(), opts)
	if errors.Is(err, ErrNotFound) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// query returns the one text that a statement gives.
func query(t *testing.T, url, statement string, args ...any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var got string
	if err := conn.QueryRow(ctx, statement, args...).Scan(&got); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return got
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestStartGivesAFastServerOfOurOwn(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	s := startOwn(t, Options{Log: &log})
	url := s.URL("postgres")
	for setting, want := range map[string]string{
		"fsync": "off", "synchronous_commit": "off", "max_connections": "200",
		"TimeZone": "UTC", "listen_addresses": "127.0.0.1", "server_encoding": "UTF8",
	} {
		if got := query(t, url, "SELECT current_setting($1)", setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if about := s.Describe(); !strings.HasPrefix(about, "PostgreSQL 1") || strings.Contains(about, "\n") {
		t.Errorf("Describe() = %q", about)
	}
	if !strings.Contains(log.String(), "ready to accept connections") {
		t.Errorf("the log holds %q", log.String())
	}
}

func TestFsyncGivesAnHonestServer(t *testing.T) {
	t.Parallel()
	s := startOwn(t, Options{Fsync: true})
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := query(t, s.URL("postgres"), "SELECT current_setting($1)", setting); got != "on" {
			t.Errorf("%s = %q, want on", setting, got)
		}
	}
	if !strings.Contains(s.Describe(), "data on disk") && !strings.Contains(s.Describe(), "docker") {
		t.Errorf("Describe() = %q", s.Describe())
	}
}

func TestNobodyConnectsWithoutThePassword(t *testing.T) {
	t.Parallel()
	s := startOwn(t, Options{})
	config, err := pgx.ParseConfig(s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	config.Password = "guess"
	if conn, err := pgx.ConnectConfig(t.Context(), config); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password was let in")
	}
}

func TestDatabasesAreClonedAndDropped(t *testing.T) {
	t.Parallel()
	s := startOwn(t, Options{})
	ctx := t.Context()
	template, err := s.CreateDatabase(ctx, "template_of_test", "")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, template, "CREATE TABLE greeting (word text); INSERT INTO greeting VALUES ('hello')")

	var clones sync.WaitGroup
	for range 6 {
		clones.Go(func() {
			name := TempName()
			url, err := s.CreateDatabase(ctx, name, "template_of_test")
			if err != nil {
				t.Error(err)
				return
			}
			if got := query(t, url, "SELECT word FROM greeting"); got != "hello" {
				t.Errorf("the clone says %q", got)
			}
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				t.Error(err)
				return
			}
			// A connection that a test forgot must not keep its database alive.
			if err := s.DropDatabase(ctx, name); err != nil {
				t.Error(err)
			}
			_ = conn.Close(ctx)
		})
	}
	clones.Wait()
	if got := query(t, s.URL("postgres"), "SELECT count(*)::text FROM pg_database WHERE datname LIKE 'heed_tmp_%'"); got != "0" {
		t.Errorf("%s databases are left", got)
	}
	if err := s.DropDatabase(ctx, TempName()); err != nil {
		t.Errorf("dropping what is not there: %v", err)
	}
}

func TestServersStartSideBySide(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			s, err := Start(t.Context(), Options{SkipDatabaseURL: true})
			if errors.Is(err, ErrNotFound) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
			if err := s.Stop(); err != nil {
				t.Errorf("a second stop: %v", err)
			}
		})
	}
	all.Wait()
}

func TestStopRemovesTheData(t *testing.T) {
	t.Parallel()
	s := startOwn(t, Options{})
	data := query(t, s.URL("postgres"), "SELECT current_setting('data_directory')")
	if strings.Contains(s.Describe(), "docker") {
		t.Skip("the data is docker's")
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(data)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is still there: %v", err)
	}
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Start(ctx, Options{SkipDatabaseURL: true}); err == nil {
		t.Error("started", s.Describe())
	}
}

// lockedBuffer is a log that a server writes while a test reads.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
