package localdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ErrNotFound is returned by [Start] when there is no Postgres to use: no DATABASE_URL, no binaries, no docker. Its
// text says what to install.
var ErrNotFound = errors.New("no Postgres found")

// Options says what kind of server [Start] shall give. The zero value is right for tests and the demo.
type Options struct {
	// Fsync asks for a server that keeps what it promises: fsync and synchronous_commit on, data on a real disk and
	// not in memory. For benchmarks. It has no effect on a server that DATABASE_URL names.
	Fsync bool
	// Log receives what Postgres prints. Nil drops it; the last lines are part of the error when a start fails.
	Log io.Writer
	// SkipDatabaseURL starts a server of our own even where DATABASE_URL is set.
	SkipDatabaseURL bool
}

// Server is a running Postgres: one that [Start] started, or one that the operator named. Its methods may be called
// from several goroutines.
type Server struct {
	url     string       // connects to the maintenance database
	about   string       // where it comes from, after the version
	release release      // what it said it is
	named   bool         // the operator's: only what we created may be dropped
	halt    func() error // ends a server of ours

	mu      sync.Mutex
	created map[string]struct{}

	stopping sync.Once
	stopErr  error
}

// Start finds a Postgres, starts it where needed, and returns once it answers. The context bounds the start only:
// the server runs until [Server.Stop] or until this process ends. The error wraps [ErrNotFound] when there is no
// Postgres on this machine.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" && !opts.SkipDatabaseURL {
		return useNamed(ctx, dsn)
	}
	bin, err := findBinaries(ctx)
	if err != nil {
		return nil, err
	}
	if bin != "" {
		return startCluster(ctx, bin, opts)
	}
	if dockerAnswers(ctx) {
		return startContainer(ctx, opts)
	}
	return nil, fmt.Errorf("%w: %s, or start docker, or set DATABASE_URL", ErrNotFound, installLine())
}

// URL returns the connection string of a database on this server, whether or not it exists. It holds the password,
// so it belongs into an environment and not into a log. It is a postgres:// URL, save where DATABASE_URL itself is
// written as keywords and values.
func (s *Server) URL(database string) string {
	return withDatabase(s.url, database)
}

// Describe tells in one line, without the password, which Postgres this is and where it comes from.
func (s *Server) Describe() string {
	return "PostgreSQL " + s.release.name + " " + s.about
}

// Stop ends the server and removes its data. On a server that DATABASE_URL names it drops the databases that were
// created through this Server and are still there. A second call does nothing and returns what the first returned.
func (s *Server) Stop() error {
	s.stopping.Do(func() {
		if s.named {
			s.stopErr = s.dropCreated()
			return
		}
		s.stopErr = s.halt()
	})
	return s.stopErr
}
