//go:build unix

package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/simulator"
)

// startPooler runs pgbouncer in front of a database, two connections wide, and gives a connection to whoever has a
// transaction: nothing of a session survives it. It returns the address of the database through it.
func startPooler(t *testing.T, address string) string {
	t.Helper()
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pgbouncer not found: scripts/ensure-ci pgbouncer")
		}
		t.Skip("pgbouncer not found: scripts/ensure-ci pgbouncer")
	}
	server, err := pgx.ParseConfig(address)
	must(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	port := listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // it is one
	must(t, listener.Close())
	dir, err := os.MkdirTemp("", "heed-pooler-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	settings := filepath.Join(dir, "pgbouncer.ini")
	must(t, os.WriteFile(settings, fmt.Appendf(nil, `
[databases]
* = %s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
server_tls_sslmode = prefer
auth_type = any
pool_mode = transaction
default_pool_size = 2
`, forcedServer(server), port), 0o644))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, settings)
	if os.Getuid() == 0 { // it refuses to be root
		nobody, err := user.Lookup("nobody")
		must(t, err)
		uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
		must(t, err)
		gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
		must(t, err)
		must(t, os.Chmod(dir, 0o755))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	pooled := (&url.URL{
		Scheme: "postgres", User: url.User(server.User), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path: "/" + server.Database, RawQuery: "sslmode=disable",
	}).String()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), pooled)
		if err == nil {
			must(t, conn.Close(t.Context()))
			return pooled
		}
		if time.Now().After(deadline) {
			t.Fatalf("pgbouncer: %v\n%s", err, said.String())
		}
	}
}

// forcedServer is the server as a line of pgbouncer's [databases] says it, which has no way to write an empty password.
func forcedServer(server *pgx.ConnConfig) string {
	quote := func(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
	line := fmt.Sprintf("host=%s port=%d user=%s", quote(server.Host), server.Port, quote(server.User))
	if server.Password != "" {
		line += " password=" + quote(server.Password)
	}
	return line
}

// Behind a pooler that gives a connection away with each transaction, texts, events and the relay work as ever, several
// side by side, when no statement is kept prepared.
func TestBehindAPooler(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	address := startPooler(t, s.dbURL) + "&default_query_exec_mode=cache_describe"
	const workers, rounds, batch = 3, 20, 5
	var all sync.WaitGroup
	for w := range workers {
		start := func(name string) *lambdatest.Function {
			return s.start(name, address, 20*time.Second, "HEED_RECONCILE_EVERY=0") // a comparison holds a lock of its session
		}
		texts, events, relay := start("inbound"), start("events"), start("relay")
		invoke := func(f *lambdatest.Function, payload []byte) {
			answer, err := f.Invoke(context.Background(), payload)
			if err != nil || bytes.Contains(answer, []byte("itemIdentifier")) {
				t.Errorf("%s: %v", answer, err)
			}
		}
		all.Go(func() {
			for i := range rounds {
				var records []simulator.SQSRecord
				for j := range batch {
					n := s.double.Publish(context.Background(), twoWay, stop(fmt.Sprintf("+1425555%d%02d%d", w, i, j), fmt.Sprintf("pooled-%d-%d-%d", w, i, j)))
					records = append(records, n.SQSRecord(false))
				}
				invoke(texts, s.double.SQSEvent(queue, records...))
				invoke(events, s.double.FirehoseEvent(stream, []byte(delivered(fmt.Sprintf("pooled-%d-%d", w, i)))))
				invoke(relay, []byte(`{"source":"aws.events"}`))
			}
		})
	}
	all.Wait()
	s.want(`SELECT count(*) FROM heed.inbound`, fmt.Sprint(workers*rounds*batch))
	s.want(`SELECT count(*) FROM heed.consent WHERE state = 'opted_out' AND aws_state = 'in_sync'`, fmt.Sprint(workers*rounds*batch))
	s.want(`SELECT count(*) FROM heed.message`, fmt.Sprint(workers*rounds))
	s.want(`SELECT count(*) FROM heed.parked`, "0")
	s.want(`SELECT string_agg(DISTINCT state, ' ') FROM heed.outbox`, "done")
}
