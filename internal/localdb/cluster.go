package localdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// portTries bounds how often another process may take the free port before Postgres does.
	portTries = 5
	// clusterPatience is how long a fresh cluster may take to answer; it takes 50 ms.
	clusterPatience = 60 * time.Second
	// socketPathMax is what fits the system's field for a socket's path, its file name left off.
	socketPathMax = 85
)

// cluster is a Postgres that we make, run and remove.
type cluster struct {
	bin      string
	place    place
	as       *account
	password string
	opts     Options
}

func startCluster(ctx context.Context, bin string, opts Options) (*Server, error) {
	as, err := runAs()
	if err != nil {
		return nil, err
	}
	base, words := baseFor(opts)
	home, err := newPlace(base, as)
	if err != nil {
		return nil, err
	}
	c := cluster{bin: bin, place: home, as: as, password: rand.Text(), opts: opts}
	s, err := c.start(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the Postgres of %s: %w", bin, err), home.remove())
	}
	s.about = "from " + bin + ", " + words
	return s, nil
}

func (c *cluster) start(ctx context.Context) (*Server, error) {
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		port, err := freePort(ctx)
		if err != nil {
			return nil, err
		}
		running, err := launch(c.command("postgres", c.flags(port)...), c.opts.Log)
		if err != nil {
			return nil, err
		}
		dsn := localURL(c.password, port)
		version, err := awaitRelease(ctx, running, dsn, clusterPatience)
		if err == nil {
			halt := func() error { return errors.Join(running.stop(), c.place.remove()) }
			return &Server{url: dsn, release: version, halt: halt, created: map[string]struct{}{}}, nil
		}
		taken := strings.Contains(running.output.last(), "Address already in use")
		err = errors.Join(err, running.stop())
		if !taken || try == portTries {
			return nil, err
		}
	}
}

// initialise makes the data directory. Every user of the machine can reach 127.0.0.1, and a Postgres superuser can
// run programs: hence a password that nobody knows.
func (c *cluster) initialise(ctx context.Context) error {
	secret := filepath.Join(c.place.sockets(), "password")
	if err := os.WriteFile(secret, []byte(c.password), 0o600); err != nil {
		return fmt.Errorf("writing the password file: %w", err)
	}
	if c.as != nil {
		if err := os.Chown(secret, int(c.as.uid), int(c.as.gid)); err != nil {
			return fmt.Errorf("writing the password file: %w", err)
		}
	}
	initdb := c.command("initdb", "-D", c.place.data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile="+secret,
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	if err := run(ctx, initdb, c.opts.Log); err != nil {
		return err
	}
	if err := os.Remove(secret); err != nil {
		return fmt.Errorf("removing the password file: %w", err)
	}
	return nil
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, executable(name)), args...) //nolint:noctx // outlives its start
	cmd.Dir = c.place.sockets()
	cmd.Env = cleanEnviron(os.Environ())
	cmd.SysProcAttr = attributes(c.as)
	return cmd
}

func (c *cluster) flags(port int) []string {
	sockets := c.place.sockets()
	if len(sockets) > socketPathMax {
		sockets = "" // none at all: everything here connects over TCP
	}
	flags := []string{
		"-D", c.place.data(), "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", sockets,
		"-c", "max_connections=200", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
	}
	return append(flags, durability(c.opts.Fsync)...)
}

// durability returns the settings that trade safety for speed, or, with fsync, those of an ordinary server.
func durability(fsync bool) []string {
	if fsync {
		return []string{"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "shared_buffers=128MB"}
	}
	return []string{
		"-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=32MB",
	}
}

// cleanEnviron drops what would point our server at somebody else's data, and has it speak English, which
// cluster.start reads.
func cleanEnviron(environ []string) []string {
	kept := []string{"LC_ALL=C"}
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_ALL=") {
			kept = append(kept, entry)
		}
	}
	return kept
}

func localURL(password string, port int) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", password), Path: "/postgres",
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), RawQuery: "sslmode=disable",
	}
	return u.String()
}

func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// awaitRelease waits until the server answers, and asks which one it is. The password proves that it is ours: another
// process may have taken the port.
func awaitRelease(ctx context.Context, p *process, dsn string, patience time.Duration) (release, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		answer, err := askRelease(ctx, dsn)
		if err == nil {
			return answer, nil
		}
		select {
		case <-p.exited:
			return release{}, p.failure()
		case <-ctx.Done():
			return release{}, fmt.Errorf("waiting for Postgres to answer: %w (last: %w)", ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func askRelease(ctx context.Context, dsn string) (release, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return release{}, err
	}
	answer, err := readRelease(ctx, conn)
	return answer, errors.Join(err, conn.Close(ctx))
}
