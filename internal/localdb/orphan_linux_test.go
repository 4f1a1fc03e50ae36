package localdb

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// roleEnv makes this test binary play a part of its own instead of running the tests.
const roleEnv = "HEED_LOCALDB_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(roleEnv) == "" {
		m.Run()
		return
	}
	if err := play(os.Getenv(roleEnv)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// play starts a server and prints its connection string; then it stops it, or waits for its own death.
func play(role string) error {
	s, err := Start(context.Background(), Options{SkipDatabaseURL: true})
	if err != nil {
		return err
	}
	if role == "linger" {
		fmt.Println(s.URL("postgres"))
		select {}
	}
	if _, err := askRelease(context.Background(), s.URL("postgres")); err != nil {
		return err
	}
	fmt.Println(s.Describe())
	return s.Stop()
}

func TestAKilledParentLeavesNoPostgres(t *testing.T) {
	t.Parallel()
	startOwn(t, Options{}) // skips where there is none
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), roleEnv+"=linger")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(line)
	data := query(t, url, "SELECT current_setting('data_directory')")
	// The thread that forked must not end while the parent lives, however the runtime moves goroutines about.
	time.Sleep(300 * time.Millisecond)
	query(t, url, "SELECT 'still there'")

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(data)) })
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			return
		}
		_ = conn.Close(t.Context())
	}
	t.Error("Postgres outlives its parent")
}

func TestAnOrdinaryUserCanStartIt(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("every other test already runs as an ordinary user")
	}
	startOwn(t, Options{})
	home := ordinaryHome(t)
	child := exec.Command(filepath.Join(home, "test"))
	child.Dir = home
	child.Env = []string{roleEnv + "=once", "HOME=" + home, "TMPDIR=" + home, "PATH=" + os.Getenv("PATH")}
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := child.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "PostgreSQL ") {
		t.Errorf("%v: %s", err, out)
	}
}

// ordinaryHome returns a directory of user nobody with this test binary in it.
func ordinaryHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("/tmp", "heed-test-") // t.TempDir lies in a directory of root
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "test"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	return home
}
