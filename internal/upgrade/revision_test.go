package upgrade

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/lambdatest"
)

// beforeReports is the revision whose binaries are taken while nothing is released: the newest whose schema ends with
// migration 12, so that those behind it are tried.
const beforeReports = "0677e30104c48d9e871e389b14c4db20de405a9b"

// root is the folder of the module.
var root = filepath.Join("..", "..")

// git runs git in the module's folder.
func git(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "git", append([]string{"-C", root}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		err = errors.Join(err, errors.New(strings.TrimSpace(complaint.String())))
	}
	return out, err
}

// earlier is the revision to upgrade from: the one that HEED_UPGRADE_FROM names, else the newest release behind the head,
// else beforeReports. Without any history, as in an archive of the source, the test is skipped.
func earlier(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no git repository here, so there is no earlier release to upgrade from")
	}
	shallow, err := git("rev-parse", "--is-shallow-repository")
	if err != nil {
		t.Fatal(err)
	}
	revision := os.Getenv("HEED_UPGRADE_FROM")
	if revision == "" {
		// The release that is being made may have its tag already.
		if tag, err := git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^"); err == nil {
			revision = strings.TrimSpace(string(tag))
		} else {
			revision = beforeReports
		}
	}
	if _, err := git("cat-file", "-e", revision+"^{commit}"); err != nil {
		if strings.TrimSpace(string(shallow)) == "true" {
			t.Skipf("this clone has no history, so %s cannot be built: git fetch --unshallow --tags", revision)
		}
		t.Fatalf("revision %s: %v", revision, err)
	}
	return revision
}

// release is a folder of binaries: inbound, events, relay and heed.
type release string

func (r release) binary(name string) string { return filepath.Join(string(r), name) }

// build builds the module in a folder.
func build(t *testing.T, module string) release {
	t.Helper()
	out := t.TempDir()
	for _, cmd := range []string{"inbound", "events", "relay", "heed"} {
		if err := lambdatest.Build(t.Context(), module, "./cmd/"+cmd, filepath.Join(out, cmd)); err != nil {
			t.Fatal(err)
		}
	}
	return release(out)
}

// checkOut writes the files of a revision into a folder of its own.
func checkOut(t *testing.T, revision string) string {
	t.Helper()
	archive, err := git("archive", "--format=tar", revision)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for files := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(header.Name) {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, header.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}
