package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// The same names, modes and bytes give the same zip, whenever and by whomever the files were written; Lambda finds a file
// that it may run.
func TestPackIsReproducible(t *testing.T) {
	t.Parallel()
	zipped := func(mode fs.FileMode, at time.Time) []byte {
		t.Helper()
		var out bytes.Buffer
		files := fstest.MapFS{
			"bootstrap": {Data: bytes.Repeat([]byte("code"), 1000), Mode: mode, ModTime: at},
			"LICENSE":   {Data: []byte("text"), Mode: 0o600, ModTime: at},
		}
		if err := pack(&out, files, []string{"bootstrap", "LICENSE"}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first := zipped(0o755, time.Unix(0, 0))
	if again := zipped(0o700, time.Now()); !bytes.Equal(first, again) {
		t.Error("another time and another umask gave other bytes")
	}
	if other := zipped(0o644, time.Unix(0, 0)); bytes.Equal(first, other) {
		t.Error("a file that may not be run gave the same bytes")
	}
	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if m := r.File[0].Mode(); r.File[0].Name != "bootstrap" || m != 0o755 || r.File[1].Mode() != 0o644 {
		t.Errorf("the zip begins with %s, mode %s", r.File[0].Name, m)
	}
}

// A zip that cannot be made leaves nothing, and what was there stays.
func TestZipIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.zip")
	if err := os.WriteFile(out, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (zipCommand{Out: out, Files: []string{"missing"}, In: dir}).Run(); err == nil {
		t.Error("packed a file that is not there")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left %v: %v", entries, err)
	}
	if kept, _ := os.ReadFile(out); string(kept) != "before" {
		t.Errorf("the zip that was there is %q", kept)
	}
}

// The bill names each module once, as it was linked, with the sum that go.sum has, and Go's own library.
func TestSBOM(t *testing.T) {
	t.Parallel()
	module := &debug.Module{Path: "example.org/a", Version: "v1.2.3", Sum: "h1:AAEC"}
	replaced := &debug.Module{Path: "example.org/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/fork", Version: "v1.0.1"}}
	infos := []*debug.BuildInfo{
		{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.org/heed"}, Deps: []*debug.Module{module}},
		{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.org/heed"}, Deps: []*debug.Module{module, replaced}},
	}
	var out bytes.Buffer
	if err := writeSBOM(&out, "v0.1.0", time.Unix(0, 0), infos); err != nil {
		t.Fatal(err)
	}
	var got bill
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var purls []string
	for _, c := range got.Components {
		purls = append(purls, c.PURL)
	}
	want := "pkg:golang/example.org/a@v1.2.3 pkg:golang/example.org/fork@v1.0.1 pkg:golang/std@1.26.8"
	if strings.Join(purls, " ") != want {
		t.Errorf("components %v", purls)
	}
	if h := got.Components[0].Hashes; len(h) != 1 || h[0].Content != "000102" {
		t.Errorf("hashes %v", h)
	}
	if main := got.Metadata.Component; main.PURL != "pkg:golang/example.org/heed@v0.1.0" || main.Type != "application" {
		t.Errorf("the whole is %+v", main)
	}
	if err := writeSBOM(&out, "v0.1.0", time.Unix(0, 0), nil); err == nil {
		t.Error("a bill of nothing")
	}
}

// SHA256SUMS is what sha256sum writes, and is not in itself.
func TestSums(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"b": "", "a": "abc"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n" +
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n"
	for range 2 {
		if err := (sumsCommand{Dir: dir}).Run(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, sumsFile)); err != nil || string(got) != want {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	const changelog = "# Changelog\n\n## Unreleased\n\n- next\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- two\n\n## 0.1.0\n\n- one\n"
	for _, c := range []struct{ why, version, want string }{
		{"a heading with brackets and a date, up to the next", "v0.2.0", "### Added\n\n- two"},
		{"the last, to the end", "v0.1.0", "- one"},
		{"a version that is the beginning of another is not it", "v0.1", ""},
		{"one that is not there", "v0.3.0", ""},
	} {
		if got := notesOf(changelog, c.version); got != c.want {
			t.Errorf("%s: %q", c.why, got)
		}
	}
}
