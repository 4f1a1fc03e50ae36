package localdb

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	got := newestFirst([]string{
		"/usr/lib/postgresql/9.6/bin", "/usr/lib/postgresql/15/bin", "/opt/homebrew/opt/postgresql@17/bin", "/plain/bin",
		"/usr/lib/postgresql/16/bin",
	})
	want := []string{
		"/opt/homebrew/opt/postgresql@17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin",
		"/usr/lib/postgresql/9.6/bin", "/plain/bin",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPGBINDecides(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PGBIN", dir)
	if _, err := findBinaries(t.Context()); err == nil || !strings.Contains(err.Error(), "PGBIN") {
		t.Errorf("a PGBIN without binaries: error %v", err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, executable(name)), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := findBinaries(t.Context()); got != dir || err != nil {
		t.Errorf("findBinaries() = %q, %v", got, err)
	}
}

func TestLinuxLine(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"NAME=x\nID=debian\n":                       "run sudo apt-get install postgresql",
		"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n": "run sudo apt-get install postgresql",
		"ID=\"rocky\"\nID_LIKE=\"rhel fedora\"\n":   "run sudo dnf install postgresql-server",
		"ID=nixos\n": "install the PostgreSQL server",
	} {
		if got := linuxLine(release); got != want {
			t.Errorf("linuxLine(%q) = %q, want %q", release, got, want)
		}
	}
}

func TestDockerArgs(t *testing.T) {
	t.Parallel()
	args := dockerArgs(5433, false)
	line := strings.Join(args, " ")
	for _, want := range []string{"run --rm", "-p 127.0.0.1:5433:5432", "--tmpfs", "-e POSTGRES_PASSWORD " /* no value */, " -F "} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is not in: %s", want, line)
		}
	}
	if honest := dockerArgs(5433, true); slices.Contains(honest, "-F") || slices.Contains(honest, "--tmpfs") {
		t.Errorf("a server with fsync got %v", honest)
	}
}

func TestDockerThatFailsIsQuoted(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\n[ \"$1\" = info ] && exit 0\necho 'no such image' >&2\nexit 125\n"
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if !dockerAnswers(t.Context()) {
		t.Skip("cannot run a shell script as docker here")
	}
	_, err := startContainer(t.Context(), Options{})
	if err == nil || !strings.Contains(err.Error(), "no such image") {
		t.Errorf("error %v", err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var also bytes.Buffer
	kept := &tail{also: &also}
	for range 3 {
		if _, err := kept.Write(bytes.Repeat([]byte("x"), tailSize)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := kept.Write([]byte("the end\n")); err != nil {
		t.Fatal(err)
	}
	if got := kept.last(); len(got) != tailSize-1 || !strings.HasSuffix(got, "xthe end") {
		t.Errorf("kept %d bytes, ending %q", len(got), got[len(got)-10:])
	}
	if also.Len() != 3*tailSize+len("the end\n") {
		t.Errorf("passed on %d bytes", also.Len())
	}
}

func TestSweepRemovesOnlyWhatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	alive, err := newPlace(base, nil)
	if err != nil {
		t.Fatal(err)
	}
	left, err := newPlace(base, nil)
	if err != nil {
		t.Fatal(err)
	}
	young, err := newPlace(base, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A process that ends, however it ends, gives up its locks.
	for _, p := range []place{left, young} {
		if err := p.lock.Close(); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * sweepAge)
	for _, p := range []place{alive, left} {
		if err := os.Chtimes(p.dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	sweep(base)
	for _, test := range []struct {
		name string
		dir  string
		want bool
	}{{"alive", alive.dir, true}, {"left", left.dir, false}, {"young", young.dir, true}} {
		if _, err := os.Stat(test.dir); (err == nil) != test.want {
			t.Errorf("%s: there is %v, want %v", test.name, err == nil, test.want)
		}
	}
	if err := alive.remove(); err != nil {
		t.Error(err)
	}
}
