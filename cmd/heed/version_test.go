package main

import (
	"context"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	installed := &debug.BuildInfo{Main: debug.Module{Version: "v0.1.1-0.20261123084256-0677e30104c4"}}
	for _, c := range []struct {
		why, release string
		info         *debug.BuildInfo
		want         string
	}{
		{"a release says its name, whatever the build knows", "v0.1.0", installed, "heed v0.1.0 (go"},
		{"what go install built says which revision", "", installed, "heed v0.1.1-0.20261123084256-0677e30104c4 (go"},
		{"nothing known", "", nil, "heed (devel) (go"},
	} {
		if got := versionLine(c.release, c.info); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s", c.why, got)
		}
	}
	var out strings.Builder
	if code := run(context.Background(), []string{"--version"}, terminal{nil, &out, &out}); code != 0 || !strings.HasPrefix(out.String(), "heed ") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}
