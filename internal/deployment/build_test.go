package deployment

import (
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// sam build runs make in a copy of the sources, with a target for each function; the result is a bootstrap for arm64.
func TestSamBuild(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	tpl := template(t)
	scratch := t.TempDir()
	for _, path := range []string{"cmd", "internal", "sql"} {
		if err := os.CopyFS(filepath.Join(scratch, path), os.DirFS(filepath.Join(root, path))); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"Makefile", "go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(scratch, path), []byte(text(t, path)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range functions(t, tpl) {
		if at(tpl, "Resources", name, "Metadata", "BuildMethod") != "makefile" || f["CodeUri"] != "." || f["Handler"] != "bootstrap" {
			t.Errorf("%s is not built by make from the root", name)
		}
		out := t.TempDir()
		run := exec.CommandContext(context.Background(), "make", "--makefile", filepath.Join(scratch, "Makefile"), "build-"+name)
		run.Dir = scratch
		run.Env = append(os.Environ(), "ARTIFACTS_DIR="+out)
		if output, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, output)
		}
		binary, err := elf.Open(filepath.Join(out, "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		if binary.Machine != elf.EM_AARCH64 {
			t.Errorf("%s is built for %s", name, binary.Machine)
		}
		_ = binary.Close()
	}
}
